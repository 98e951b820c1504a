import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { StateCounts } from "../../components/states/state-counts.tsx";
import { DurationText, IntervalText, TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import { useRun } from "./use-run.ts";

const words = texts.run;

/** Everything that is known of a run. */
export function RunDetailsTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/details" });
  const { data: run } = useRun(dagId, runKey);
  if (!run) return <LoadingState rows={14} />;
  return (
    <Panel title={words.tabs.details}>
      <Facts
        facts={[
          [words.key, run.runKey],
          [words.id, run.runId],
          [words.state, <StateBadge key="state" state={run.state} />],
          [words.type, texts.runTypes[run.runType]],
          [words.triggeredBy, run.triggeredBy],
          [words.logicalDate, <IntervalText key="date" {...run} />],
          [words.runAfter, <TimeText key="after" at={run.runAfter} />],
          [words.queued, <TimeText key="queued" at={run.queuedAt} />],
          [words.started, run.startedAt && <TimeText at={run.startedAt} />],
          [words.ended, run.endedAt && <TimeText at={run.endedAt} />],
          [words.waited, run.startedAt && <DurationText from={run.queuedAt} to={run.startedAt} />],
          [words.duration, run.startedAt && <DurationText from={run.startedAt} to={run.endedAt} />],
          [
            words.version,
            <AppLink
              key="version"
              to="/dags/$dagId/code"
              params={{ dagId }}
              search={{ version: String(run.dagVersion) }}
            >
              {run.dagVersion}
            </AppLink>,
          ],
          [words.counts, <StateCounts key="counts" counts={run.counts} />],
          [words.cleared, run.clearNumber > 0 && words.times(run.clearNumber)],
          [words.changeVersion, run.changeVersion],
        ]}
      />
    </Panel>
  );
}
