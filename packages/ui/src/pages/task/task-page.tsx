import { findRun, getInstancesWindow, type AnswerOf } from "@millrace/api";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { InstanceView } from "./instance-view.tsx";
import { MappedView } from "./mapped-view.tsx";
import { TaskCrumbs } from "./task-crumbs.tsx";
import { WhyPanel } from "./why-panel.tsx";

/** A task of a run: its one instance, the instance that the address names, or all instances of a mapped task. */
export function TaskPage(): ReactNode {
  const { dagId = "", runKey = "", taskId = "" } = useParams({ strict: false });
  const run = useCall(findRun, { params: { dagId, runKey } }, { live: { about: "runs", dagId } });
  if (run.data) return <TaskOfRun key={taskId} run={run.data} taskId={taskId} />;
  return (
    <Page title={taskId} crumbs={TaskCrumbs({ dagId, runKey })}>
      <Answer query={run}>{() => null}</Answer>
    </Page>
  );
}

function TaskOfRun({ run, taskId }: { readonly run: AnswerOf<typeof findRun>; readonly taskId: string }): ReactNode {
  const [{ map }] = useFilters<"map">();
  const { runId, dagId, runKey } = run;
  const isAsked = map !== undefined && /^\d+$/.test(map);
  const first = useCall(
    getInstancesWindow,
    { params: { runId }, query: { taskId, limit: 1 } },
    { live: { about: "runs", dagId, runId }, enabled: !isAsked, staleTime: Infinity },
  );
  if (isAsked) return <InstanceView run={run} taskId={taskId} mapIndex={Number(map)} />;
  const only = first.data?.items[0];
  if (only?.mapIndex === -1) return <InstanceView run={run} taskId={taskId} mapIndex={-1} />;
  if (only) return <MappedView run={run} taskId={taskId} total={first.data?.total ?? 0} />;
  return (
    <Page title={taskId} crumbs={TaskCrumbs({ dagId, runKey })}>
      <Answer
        query={first}
        isEmpty={() => true}
        empty={
          <>
            <EmptyState title={texts.task.noInstance}>{texts.task.noInstanceHint}</EmptyState>
            <WhyPanel run={run} taskId={taskId} />
          </>
        }
      >
        {() => null}
      </Answer>
    </Page>
  );
}
