import { getVersionSource } from "@millrace/api";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { SourceView } from "../graph/code/source-view.tsx";
import { useRun } from "./use-run.ts";

const words = texts.run.code;

/** The DAG file of the version that a run uses. */
export function RunCodeTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/code" });
  const { data: run } = useRun(dagId, runKey);
  const version = run?.dagVersion ?? 1;
  const source = useCall(
    getVersionSource,
    { params: { dagId, version } },
    { enabled: run !== undefined, staleTime: Infinity },
  );
  if (!run) return <LoadingState />;
  return (
    <Panel
      title={words.of(version)}
      actions={
        <AppLink to="/dags/$dagId/code" params={{ dagId }} search={{ version: String(version) }} fz="sm">
          {words.open}
        </AppLink>
      }
    >
      <Answer query={source} skeletonRows={14}>
        {({ file, source: text }) => <SourceView dagId={dagId} version={version} file={file} source={text} />}
      </Answer>
    </Panel>
  );
}
