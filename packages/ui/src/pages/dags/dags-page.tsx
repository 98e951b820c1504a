import { getDagFacets, listDags } from "@millrace/api";
import { Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { ImportErrors } from "../../components/import-errors.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Sort } from "../../components/table/data-table.tsx";
import type { LiveTopic } from "../../live/topics.model.ts";
import { useCall } from "../../server/queries.ts";
import { useWindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";
import { BulkPause } from "./bulk-pause.tsx";
import { dagColumns } from "./dag-columns.tsx";
import { DagFilters } from "./dag-filters.tsx";
import { queryOf, type DagFilterName } from "./dag-filters.model.ts";
import type { DagRow } from "./dag-row.ts";
import { useFavourites } from "./favourites.ts";

const words = texts.dags;
const CALM_MS = 1_500;
const ABOUT: LiveTopic = { about: "any", of: [{ about: "dags" }, { about: "runs" }] };
const ROW_HEIGHT = 58;

/** All DAGs, with what became of their runs and what comes next. */
export function DagsPage(): ReactNode {
  const [filters, change] = useFilters<DagFilterName>();
  const favourites = useFavourites();
  const query = queryOf(filters, favourites.ids);
  const isNoFavourite = filters.show === "favourites" && favourites.ids.length === 0;
  const facets = useCall(getDagFacets, {}, { live: ABOUT, calmMs: CALM_MS, staleTime: 0 });
  const dags = useWindowedList(
    listDags,
    { query },
    { live: ABOUT, calmMs: CALM_MS, staleTime: 0, keepsPrevious: true, enabled: !isNoFavourite },
  );
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const columns = dagColumns({ favourites, onTag: (tag) => change({ tags: tag }, { replace: false }) });
  const total = dags.first?.total;
  return (
    <Page
      title={words.title}
      actions={
        total !== undefined && (
          <Text size="sm" c="var(--text-dim)" aria-live="polite">
            {words.count(total)}
          </Text>
        )
      }
    >
      <ImportErrors />
      <DagFilters filters={filters} change={change} facets={facets.data} favourites={favourites.ids.length} />
      {isNoFavourite ? (
        <EmptyState title={words.noFavourites}>{words.noFavouritesHint}</EmptyState>
      ) : (
        <Answer
          query={dags.query}
          isEmpty={() => dags.items.length === 0}
          empty={<NoDags hasAny={facets.data?.total !== 0} />}
        >
          {() => (
            <Panel padded={false}>
              <BulkPause dags={dags.items.filter(({ dagId }) => chosen.has(dagId))} onClear={() => choose(new Set())} />
              <DataTable<DagRow>
                label={words.title}
                columns={columns}
                rows={dags.items}
                rowId={({ dagId }) => dagId}
                sort={sortOf(filters.order)}
                onSort={({ key }) => change({ order: key === "dagId" ? undefined : key })}
                selection={{ ids: chosen, onChange: choose }}
                height="max(24rem, calc(100dvh - 13.5rem))"
                rowHeight={ROW_HEIGHT}
                isFixed
                onVisible={dags.onVisible}
                onEnd={dags.hasMore ? dags.readMore : undefined}
                isReadingMore={dags.isReadingMore}
              />
            </Panel>
          )}
        </Answer>
      )}
    </Page>
  );
}

function NoDags({ hasAny }: { readonly hasAny: boolean }): ReactNode {
  return hasAny ? (
    <EmptyState title={texts.filters.nothingFits} />
  ) : (
    <EmptyState title={texts.home.noDags}>{texts.home.noDagsHint}</EmptyState>
  );
}

/** Each order has one direction: names from the first letter, last runs from the newest, next runs from the soonest. */
function sortOf(order: string | undefined): Sort {
  return { key: order ?? "dagId", descending: order === "lastRun" };
}
