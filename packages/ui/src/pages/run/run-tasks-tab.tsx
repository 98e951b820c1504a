import { getGraph, TASK_STATES } from "@millrace/api";
import { Group, Select, Text, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useParams } from "@tanstack/react-router";
import { useCallback, useRef, useState, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { BulkInstanceActions } from "../../components/actions/bulk-instance-actions.tsx";
import type { InstanceTarget } from "../../components/actions/action-targets.model.ts";
import { EmptyState, ErrorState, LoadingState } from "../../components/answer.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { StateFilter } from "../../components/filters/state-filter.tsx";
import { Panel } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { useZone } from "../../time/preferences.tsx";
import { INSTANCE_LINE, InstanceHead, instanceId, InstanceRow } from "./instance-row.tsx";
import { jumpPlace } from "./instance-pages.model.ts";
import classes from "./run.module.css";
import { useInstances, type Instance, type InstanceFilter } from "./use-instances.ts";
import { useRun, type RunWhole } from "./use-run.ts";

const words = texts.run.tasks;
const HEAD = 32;

/** The task instances of a run: as many as one likes, since only those in sight are read and drawn. */
export function RunTasksTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/tasks" });
  const { data: run } = useRun(dagId, runKey);
  const [filters, change] = useFilters<"states" | "task">();
  if (!run) return <LoadingState />;
  const filter: InstanceFilter = {
    ...(filters.states !== undefined && { states: filters.states }),
    ...(filters.task !== undefined && { taskId: filters.task }),
  };
  return <InstanceList key={JSON.stringify([run.runId, filter])} run={run} filter={filter} change={change} />;
}

interface InstanceListProps {
  readonly run: RunWhole;
  readonly filter: InstanceFilter;
  readonly change: (changes: Readonly<Partial<Record<"states" | "task", string | undefined>>>) => void;
}

function InstanceList({ run, filter, change }: InstanceListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [known, setKnown] = useState<number>();
  const [chosen, setChosen] = useState<ReadonlyMap<string, InstanceTarget>>(new Map());
  const virtual = useVirtualizer({
    count: known ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => INSTANCE_LINE,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const instances = useInstances(run, filter, {
    from: items[0]?.index ?? 0,
    to: (items.at(-1)?.index ?? 0) + 1,
    total: known,
  });
  const { total } = instances;
  if (total !== undefined && total !== known) setKnown(total);
  const { zone } = useZone();
  const toggle = useCallback((id: string, target: InstanceTarget): void => {
    setChosen((before) => {
      const next = new Map(before);
      if (!next.delete(id)) next.set(id, target);
      return next;
    });
  }, []);
  const isChosen = (instance: Instance | undefined): boolean =>
    instance !== undefined && chosen.has(instanceId(instance));
  const jump = (text: string): void => {
    const place = jumpPlace(text, total ?? 0);
    if (place !== undefined) virtual.scrollToIndex(place, { align: "start" });
  };
  const bar = <InstanceFilters run={run} filter={filter} change={change} total={total} onJump={jump} />;
  return (
    <Panel padded={false} actions={bar}>
      {chosen.size > 0 && (
        <Group px="md" py="xs">
          <BulkInstanceActions instances={[...chosen.values()]} onClear={() => setChosen(new Map())} />
        </Group>
      )}
      {instances.error && <ErrorState error={instances.error} retry={instances.refetch} />}
      {total === undefined && !instances.error && <LoadingState rows={10} />}
      {total === 0 && <EmptyState title={Object.keys(filter).length > 0 ? words.emptyFiltered : words.empty} />}
      {total !== undefined && total > 0 && (
        <div
          ref={scroller}
          className={`${classes["list"]} ${classes["instances"]}`}
          tabIndex={0}
          role="table"
          aria-label={words.label}
          aria-rowcount={total + 1}
        >
          <div className={classes["rows"]} style={{ height: virtual.getTotalSize() }} role="rowgroup">
            <InstanceHead />
            {items.map(({ index, start }) => (
              <InstanceRow
                key={index}
                place={index}
                top={start}
                run={run}
                instance={instances.at(index)}
                isChosen={isChosen(instances.at(index))}
                zone={zone}
                onToggle={toggle}
              />
            ))}
          </div>
        </div>
      )}
    </Panel>
  );
}

interface InstanceFiltersProps extends InstanceListProps {
  readonly total: number | undefined;
  readonly onJump: (text: string) => void;
}

function InstanceFilters({ run, filter, change, total, onJump }: InstanceFiltersProps): ReactNode {
  // Which tasks there are is asked when somebody wants to choose one: the states that come with it are not for free.
  const [isOpen, setOpen] = useState(false);
  const graph = useCall(getGraph, { params: { runId: run.runId } }, { enabled: isOpen, staleTime: 300_000 });
  const ids = graph.data?.nodes.map(({ taskId }) => taskId) ?? [filter.taskId ?? []].flat();
  const isSet = Object.keys(filter).length > 0;
  const reset = (): void => change({ states: undefined, task: undefined });
  return (
    <Group gap="sm">
      <FilterBar onReset={isSet ? reset : undefined}>
        <StateFilter
          label={words.states}
          states={TASK_STATES}
          value={filter.states}
          onChange={(states) => change({ states })}
        />
        <Select
          aria-label={words.ofTask}
          placeholder={words.allTasks}
          data={ids}
          onDropdownOpen={() => setOpen(true)}
          value={filter.taskId ?? null}
          onChange={(task) => change({ task: task ?? undefined })}
          searchable
          clearable
          limit={100}
          size="xs"
          w={220}
        />
        <TextInput
          aria-label={words.jump}
          placeholder={`${words.jump}: ${words.jumpHint}`}
          inputMode="numeric"
          size="xs"
          w={150}
          onKeyDown={({ key, currentTarget }) => key === "Enter" && onJump(currentTarget.value)}
        />
      </FilterBar>
      {total !== undefined && (
        <Text size="sm" c="var(--text-dim)" aria-live="polite">
          {words.total(total.toLocaleString("en"))}
        </Text>
      )}
    </Group>
  );
}
