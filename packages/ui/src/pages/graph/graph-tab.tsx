import { findRun, getDag, getGraph, getVersion, listRuns, type AnswerOf } from "@millrace/api";
import { Group, Stack, Switch } from "@mantine/core";
import { useParams, type LinkProps } from "@tanstack/react-router";
import { useCallback, useMemo, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { GraphLegend } from "../../components/graph/graph-legend.tsx";
import { GraphToolbar } from "../../components/graph/graph-toolbar.tsx";
import { GraphView } from "../../components/graph/graph-view.tsx";
import { useGraphChoices } from "../../components/graph/use-graph-choices.ts";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { dagSource } from "./dag-source.model.ts";
import { RunPicker, NO_RUN } from "./run-picker.tsx";

const RECENT = 25;

/** The tasks of a DAG and how they depend on each other, in the states of a run. */
export function GraphTab(): ReactNode {
  const { dagId = "" } = useParams({ strict: false });
  const [{ run: runKey }] = useFilters<"run">();
  const live = { about: "runs", dagId } as const;
  const recent = useCall(listRuns, { query: { dagId, limit: RECENT } }, { live });
  const known = recent.data?.items.find((run) => run.runKey === runKey);
  const isElsewhere = runKey !== undefined && runKey !== NO_RUN && recent.data !== undefined && !known;
  const other = useCall(findRun, { params: { dagId, runKey: runKey ?? "" } }, { live, enabled: isElsewhere });
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  if (isElsewhere && !other.data) return <Answer query={other}>{() => null}</Answer>;
  const run = runKey === NO_RUN ? undefined : runKey === undefined ? recent.data?.items[0] : (known ?? other.data);
  return (
    <Answer query={recent}>
      {({ items }) => (
        <Answer query={dag}>
          {({ version }) => (
            <VersionGraph dagId={dagId} version={run?.dagVersion ?? version} run={run} recent={items} />
          )}
        </Answer>
      )}
    </Answer>
  );
}

type Run = AnswerOf<typeof listRuns>["items"][number];

interface VersionGraphProps {
  readonly dagId: string;
  readonly version: number;
  readonly run: Run | undefined;
  readonly recent: readonly Run[];
}

function VersionGraph({ dagId, version, run, recent }: VersionGraphProps): ReactNode {
  const [{ assets }, change] = useFilters<"assets">();
  const whole = useCall(getVersion, { params: { dagId, version } }, { staleTime: Infinity });
  const states = useCall(
    getGraph,
    { params: { runId: run?.runId ?? 0 } },
    { live: { about: "runs", dagId, ...(run && { runId: run.runId }) }, enabled: run !== undefined },
  );
  const source = useMemo(
    () => whole.data && dagSource(whole.data.graph, { withAssets: assets === "yes" }),
    [whole.data, assets],
  );
  const cells = run && states.data?.cells;
  const counts = useMemo(() => cells && new Map(cells.map((cell) => [cell.taskId, cell.counts])), [cells]);
  const hasAssets = whole.data?.graph.tasks.some(({ inlets, outlets }) => inlets.length + outlets.length > 0);
  const runKey = run?.runKey;
  const linkOf = useCallback((nodeId: string) => linkOfNode({ nodeId, dagId, runKey }), [dagId, runKey]);
  const choices = useGraphChoices(source);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <RunPicker recent={recent} run={run} />
        <GraphToolbar choices={choices} />
        {hasAssets && (
          <Switch
            size="xs"
            label={texts.graph.withAssets}
            checked={assets === "yes"}
            onChange={(changed) => change({ assets: changed.currentTarget.checked ? "yes" : undefined })}
          />
        )}
        {counts && <GraphLegend />}
      </Group>
      <Answer
        query={whole}
        isEmpty={({ graph }) => graph.tasks.length === 0}
        empty={<EmptyState title={texts.graph.noTask} />}
        skeletonRows={12}
      >
        {() => (
          <GraphView
            label={texts.graph.ofDag(dagId)}
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

function linkOfNode({
  nodeId,
  dagId,
  runKey,
}: {
  readonly nodeId: string;
  readonly dagId: string;
  readonly runKey: string | undefined;
}): LinkProps {
  if (nodeId.startsWith("asset:")) return { to: "/assets/asset", search: { uri: nodeId.slice("asset:".length) } };
  if (runKey === undefined) return { to: "/dags/$dagId/tasks", params: { dagId }, search: { search: nodeId } };
  return { to: "/dags/$dagId/runs/$runKey/tasks/$taskId", params: { dagId, runKey, taskId: nodeId } };
}
