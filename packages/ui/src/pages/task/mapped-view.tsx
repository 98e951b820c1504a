import { Stack } from "@mantine/core";
import { getGraph, type AnswerOf, type findRun } from "@millrace/api";
import type { ReactNode } from "react";
import { Page } from "../../components/page.tsx";
import { StateBar, StateCounts } from "../../components/states/state-counts.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { MappedList } from "./mapped-list.tsx";
import { TaskCrumbs } from "./task-crumbs.tsx";
import { WhyPanel } from "./why-panel.tsx";

/** A mapped task of a run: how many instances are in which state, what keeps them, and all of them. */
export function MappedView({
  run,
  taskId,
  total,
}: {
  readonly run: AnswerOf<typeof findRun>;
  readonly taskId: string;
  readonly total: number;
}): ReactNode {
  const { runId, dagId, runKey } = run;
  const graph = useCall(getGraph, { params: { runId } }, { live: { about: "runs", dagId, runId } });
  const counts = graph.data?.cells.find((cell) => cell.taskId === taskId)?.counts;
  const label = graph.data?.nodes.find((node) => node.taskId === taskId)?.label ?? taskId;
  return (
    <Page
      title={label}
      crumbs={TaskCrumbs({ dagId, runKey })}
      subtitle={
        <Stack gap={6}>
          {texts.task.instances(total)}
          {counts && (
            <>
              <StateCounts counts={counts} />
              <StateBar counts={counts} />
            </>
          )}
        </Stack>
      }
    >
      <WhyPanel run={run} taskId={taskId} />
      <MappedList run={run} taskId={taskId} />
    </Page>
  );
}
