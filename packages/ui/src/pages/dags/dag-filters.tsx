import type { AnswerOf, getDagFacets, RunState } from "@millrace/api";
import { Button, Group, MultiSelect, SegmentedControl, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { joinFilter, splitFilter } from "../../app/url-filters.ts";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import type { DagFilterName } from "./dag-filters.model.ts";

const words = texts.dags;
const LAST: readonly RunState[] = ["failed", "running"];

type Filters = Readonly<Partial<Record<DagFilterName, string>>>;
type Change = (changes: Readonly<Partial<Record<DagFilterName, string | undefined>>>) => void;
type Facets = AnswerOf<typeof getDagFacets>;

const NOTHING: Record<Exclude<DagFilterName, "order">, undefined> = {
  search: undefined,
  tags: undefined,
  tagsMode: undefined,
  owner: undefined,
  show: undefined,
  last: undefined,
};

interface DagFiltersProps {
  readonly filters: Filters;
  readonly change: Change;
  readonly facets: Facets | undefined;
  /** How many there are. */
  readonly favourites: number;
}

/** Narrows the list of DAGs. All of it is in the URL. */
export function DagFilters({ filters, change, facets, favourites }: DagFiltersProps): ReactNode {
  const isNarrowed = Object.keys(NOTHING).some((name) => filters[name as DagFilterName] !== undefined);
  return (
    <FilterBar onReset={isNarrowed ? () => change(NOTHING) : undefined}>
      <SegmentedControl
        size="xs"
        aria-label={words.views}
        value={filters.show ?? "all"}
        onChange={(show) => change({ show: show === "all" ? undefined : show })}
        data={viewsOf(facets, favourites)}
      />
      <Group gap={4}>
        {LAST.map((state) => (
          <LastRunFilter
            key={state}
            state={state}
            count={facets?.lastRunStates[state]}
            chosen={filters.last}
            change={change}
          />
        ))}
      </Group>
      <SearchFilter label={words.searchLabel} value={filters.search} onChange={(search) => change({ search })} />
      <TagFilter filters={filters} change={change} facets={facets} />
      <Select
        aria-label={words.owner}
        placeholder={words.owner}
        data={(facets?.owners ?? []).map(({ owner, count }) => ({ value: owner, label: `${owner} (${count})` }))}
        value={filters.owner ?? null}
        onChange={(owner) => change({ owner: owner ?? undefined })}
        clearable
        searchable
        size="xs"
        w={160}
      />
    </FilterBar>
  );
}

function viewsOf(facets: Facets | undefined, favourites: number): { readonly value: string; readonly label: string }[] {
  const counted = (word: string, count: number | undefined): string =>
    count === undefined ? word : `${word} ${count.toLocaleString("en")}`;
  return [
    { value: "all", label: counted(words.all, facets?.total) },
    { value: "active", label: counted(words.active, facets && facets.total - facets.paused) },
    { value: "paused", label: counted(words.paused, facets?.paused) },
    { value: "favourites", label: counted(words.favourites, favourites) },
  ];
}

function LastRunFilter({
  state,
  count = 0,
  chosen,
  change,
}: {
  readonly state: RunState;
  readonly count: number | undefined;
  readonly chosen: string | undefined;
  readonly change: Change;
}): ReactNode {
  const isChosen = chosen === state;
  return (
    <Button
      size="xs"
      fw={400}
      variant={isChosen ? "light" : "default"}
      aria-pressed={isChosen}
      onClick={() => change({ last: isChosen ? undefined : state })}
      leftSection={<StateMark state={state} size={14} />}
    >
      {words.lastRunIs(stateWord(state))} {count.toLocaleString("en")}
    </Button>
  );
}

function TagFilter({ filters, change, facets }: Pick<DagFiltersProps, "filters" | "change" | "facets">): ReactNode {
  const tags = [...splitFilter(filters.tags)];
  return (
    <>
      <MultiSelect
        aria-label={words.tags}
        placeholder={tags.length === 0 ? words.tags : undefined}
        data={(facets?.tags ?? []).map(({ tag, count }) => ({ value: tag, label: `${tag} (${count})` }))}
        value={tags}
        onChange={(next) => change({ tags: joinFilter(next) })}
        limit={100}
        clearable
        searchable
        size="xs"
        miw={160}
        maw={360}
      />
      {tags.length > 1 && (
        <Select
          aria-label={words.tagsMode}
          data={[
            { value: "any", label: words.anyTag },
            { value: "all", label: words.allTags },
          ]}
          value={filters.tagsMode === "all" ? "all" : "any"}
          onChange={(mode) => change({ tagsMode: mode === "all" ? mode : undefined })}
          allowDeselect={false}
          size="xs"
          w={150}
        />
      )}
    </>
  );
}
