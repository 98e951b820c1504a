import { ActionIcon, Button, Group, MultiSelect, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { RUN_STATES, RUN_TYPES } from "@millrace/api";
import { FoldVertical, Maximize, Minimize, UnfoldVertical, X } from "lucide-react";
import type { ReactNode } from "react";
import { joinFilter } from "../../../app/url-filters.ts";
import { FilterBar } from "../../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../../components/filters/search-filter.tsx";
import { StateFilter } from "../../../components/filters/state-filter.tsx";
import { TimeRangeFilter } from "../../../components/filters/time-range-filter.tsx";
import { texts } from "../../../texts/index.ts";
import type { useGridFilters } from "./use-grid-filters.ts";

const words = texts.dag.grid;
const COUNTS = ["25", "50", "100", "365"] as const;
const DIRECTIONS = ["both", "upstream", "downstream"] as const;

/** What narrows the grid, and how it is folded. */
export interface GridFilterBarProps {
  readonly filters: ReturnType<typeof useGridFilters>;
  /** Undefined: there are no groups. */
  readonly folding?: { readonly onAll: () => void; readonly onNone: () => void } | undefined;
  readonly fullScreen: { readonly isOn: boolean; readonly toggle: () => void };
}

/** Filters of the grid: which runs, which tasks. */
export function GridFilterBar({ filters: [filters, change], folding, fullScreen }: GridFilterBarProps): ReactNode {
  const { states, types, from, to, count, search, around, direction } = filters;
  const isSet =
    states.length + types.length > 0 || [from, to, count, around].some((each) => each !== undefined) || search !== "";
  const reset = (): void =>
    change({
      states: undefined,
      types: undefined,
      from: undefined,
      to: undefined,
      count: undefined,
      search: undefined,
      around: undefined,
      direction: undefined,
    });
  return (
    <Group justify="space-between" gap="xs">
      <FilterBar onReset={isSet ? reset : undefined}>
        <SearchFilter label={words.search} value={search} onChange={(next) => change({ search: next })} width={170} />
        <StateFilter
          label={words.states}
          states={RUN_STATES}
          value={joinFilter(states)}
          onChange={(next) => change({ states: next })}
        />
        <RunTypeFilter value={types} onChange={(next) => change({ types: next })} />
        <TimeRangeFilter label={words.dates} value={{ from, to }} onChange={(next) => change({ ...next })} />
        <Select
          aria-label={words.count}
          data={[
            { value: "all", label: words.countAll },
            ...COUNTS.map((value) => ({ value, label: words.countOf(value) })),
          ]}
          value={count === undefined ? "all" : String(count)}
          onChange={(next) => change({ count: next === "all" ? undefined : (next ?? undefined) })}
          allowDeselect={false}
          size="xs"
          w={110}
        />
        {around !== undefined && (
          <Group gap={4}>
            <Button
              size="xs"
              variant="light"
              rightSection={<X size={13} aria-hidden />}
              onClick={() => change({ around: undefined, direction: undefined })}
            >
              {words.around(around)}
            </Button>
            <SegmentedControl
              aria-label={words.direction}
              size="xs"
              data={DIRECTIONS.map((value) => ({ value, label: words.directions[value] }))}
              value={direction}
              onChange={(next) => change({ direction: next === "both" ? undefined : next })}
            />
          </Group>
        )}
      </FilterBar>
      <Group gap={4}>
        {folding && (
          <>
            <IconAction label={words.foldAll} onClick={folding.onAll} icon={<FoldVertical size={16} />} />
            <IconAction label={words.unfoldAll} onClick={folding.onNone} icon={<UnfoldVertical size={16} />} />
          </>
        )}
        <IconAction
          label={fullScreen.isOn ? words.leaveFullScreen : words.fullScreen}
          onClick={fullScreen.toggle}
          icon={fullScreen.isOn ? <Minimize size={16} /> : <Maximize size={16} />}
        />
      </Group>
    </Group>
  );
}

function IconAction(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly icon: ReactNode;
}): ReactNode {
  return (
    <Tooltip label={props.label}>
      <ActionIcon variant="subtle" color="gray" aria-label={props.label} onClick={props.onClick}>
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Picks types of runs. */
export function RunTypeFilter({
  value,
  onChange,
}: {
  readonly value: readonly string[];
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
  return (
    <MultiSelect
      aria-label={words.types}
      placeholder={value.length === 0 ? words.types : undefined}
      data={RUN_TYPES.map((type) => ({ value: type, label: texts.runTypes[type] }))}
      value={[...value]}
      onChange={(next) => onChange(joinFilter(next))}
      clearable
      hidePickedOptions={false}
      size="xs"
      miw={130}
      maw={320}
    />
  );
}
