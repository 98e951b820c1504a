import { listRuns } from "@millrace/api";
import { ActionIcon, Group, Select, Stack, Tooltip } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { EmptyState, ErrorState, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { GanttChart } from "../../components/gantt/gantt-chart.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { IntervalText } from "../../components/time-text.tsx";
import { useEndlessList } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

const words = texts.dag.gantt;

/** When each task of one of the newest runs waited and ran; which run is in the URL. */
export function GanttTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/gantt" });
  const [filters, change] = useFilters<"run">();
  const { items, query } = useEndlessList(
    listRuns,
    { query: { dagId, limit: 100 } },
    { live: { about: "runs", dagId } },
  );
  if (query.data === undefined)
    return query.error ? (
      <ErrorState error={query.error} retry={() => void query.refetch()} />
    ) : (
      <LoadingState rows={12} />
    );
  const place = filters.run === undefined ? 0 : items.findIndex(({ runKey }) => runKey === filters.run);
  const run = items[place];
  if (!run) return <EmptyState title={texts.dag.grid.empty}>{texts.dag.grid.emptyHint}</EmptyState>;
  const go = (to: number): void => change({ run: items[to]?.runKey });
  return (
    <Stack gap="sm">
      <Group gap="xs" fz="sm">
        <Step label={words.older} to={place + 1 < items.length ? () => go(place + 1) : undefined}>
          <ChevronLeft size={16} />
        </Step>
        <Select
          aria-label={words.run}
          data={items.map(({ runKey }) => runKey)}
          value={run.runKey}
          onChange={(next) => change({ run: next ?? undefined })}
          searchable
          allowDeselect={false}
          size="xs"
          w={320}
          maw="100%"
        />
        <Step label={words.newer} to={place > 0 ? () => go(place - 1) : undefined}>
          <ChevronRight size={16} />
        </Step>
        <StateBadge state={run.state} />
        <IntervalText {...run} />
        <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey: run.runKey }} fz="sm">
          {texts.dag.panel.openRun}
        </AppLink>
      </Group>
      <GanttChart key={run.runId} run={run} />
    </Stack>
  );
}

function Step({
  label,
  to,
  children,
}: {
  readonly label: string;
  readonly to: (() => void) | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" aria-label={label} disabled={to === undefined} onClick={to}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
