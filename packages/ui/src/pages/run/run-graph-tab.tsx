import { getGraph, type AnswerOf } from "@millrace/api";
import { Group, Stack } from "@mantine/core";
import { useParams, type LinkProps } from "@tanstack/react-router";
import { useCallback, useMemo, type ReactNode } from "react";
import { Answer, EmptyState, LoadingState } from "../../components/answer.tsx";
import { GraphLegend } from "../../components/graph/graph-legend.tsx";
import type { GraphSource } from "../../components/graph/graph-source.model.ts";
import { GraphToolbar } from "../../components/graph/graph-toolbar.tsx";
import { GraphView } from "../../components/graph/graph-view.tsx";
import { useGraphChoices } from "../../components/graph/use-graph-choices.ts";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { useRun, type RunWhole } from "./use-run.ts";

/** The tasks of a run's version and how they depend on each other, in their states. */
export function RunGraphTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/graph" });
  const { data: run } = useRun(dagId, runKey);
  return run ? <RunGraph run={run} /> : <LoadingState rows={12} />;
}

function RunGraph({ run }: { readonly run: RunWhole }): ReactNode {
  const { dagId, runId, runKey } = run;
  const graph = useCall(getGraph, { params: { runId } }, { live: { about: "runs", dagId, runId } });
  const { nodes, edges, groups, cells } = graph.data ?? {};
  const source = useMemo(
    () => (nodes && edges && groups ? sourceOf({ nodes, edges, groups }) : undefined),
    [nodes, edges, groups],
  );
  const counts = useMemo(() => cells && new Map(cells.map((cell) => [cell.taskId, cell.counts])), [cells]);
  const choices = useGraphChoices(source);
  const linkOf = useCallback(
    (taskId: string): LinkProps => ({
      to: "/dags/$dagId/runs/$runKey/tasks/$taskId",
      params: { dagId, runKey, taskId },
    }),
    [dagId, runKey],
  );
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <GraphToolbar choices={choices} />
        <GraphLegend />
      </Group>
      <Answer
        query={graph}
        isEmpty={(data) => data.nodes.length === 0}
        empty={<EmptyState title={texts.graph.noTask} />}
        skeletonRows={12}
      >
        {() => (
          <GraphView
            label={texts.run.graphOf(runKey)}
            source={choices.source}
            direction={choices.direction}
            openGroups={choices.openGroups}
            onToggleGroup={choices.toggle}
            {...(counts && { counts })}
            linkOf={linkOf}
            focus={choices.focus}
            onNarrow={choices.narrowTo}
          />
        )}
      </Answer>
    </Stack>
  );
}

function sourceOf({
  nodes,
  edges,
  groups,
}: Pick<AnswerOf<typeof getGraph>, "nodes" | "edges" | "groups">): GraphSource {
  return {
    nodes: nodes.map(({ taskId, label, operator, mapped, group }) => ({
      id: taskId,
      label,
      kind: "task",
      detail: operator,
      isMapped: mapped,
      ...(group !== undefined && { group }),
    })),
    edges: edges.map(({ from, to, label }) => ({ from, to, ...(label !== undefined && { label }) })),
    groups: groups.map(({ groupId, parent, mapped }) => ({
      id: groupId,
      label: groupId,
      isMapped: mapped,
      ...(parent !== undefined && { parent }),
    })),
  };
}
