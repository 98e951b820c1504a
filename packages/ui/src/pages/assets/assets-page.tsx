import { listAssets, type AnswerOf } from "@millrace/api";
import { Network } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink, ButtonLink } from "../../components/app-link.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { SearchFilter } from "../../components/filters/search-filter.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { useWindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";
import { ConsumerLinks, ProducerLinks } from "./asset-links.tsx";

const words = texts.assets;

type Asset = AnswerOf<typeof listAssets>["items"][number];

/** All assets, with who updates and who follows them. */
export function AssetsPage(): ReactNode {
  const [{ search }, change] = useFilters<"search">();
  const assets = useWindowedList(
    listAssets,
    { query: search === undefined ? {} : { search } },
    {
      live: { about: "any", of: [{ about: "assets" }, { about: "dags" }] },
      calmMs: 1_000,
      staleTime: 0,
      keepsPrevious: true,
    },
  );
  return (
    <Page
      title={words.title}
      actions={
        <ButtonLink to="/assets/graph" size="xs" variant="default" leftSection={<Network size={14} aria-hidden />}>
          {words.graph}
        </ButtonLink>
      }
    >
      <FilterBar>
        <SearchFilter label={words.search} value={search} onChange={(text) => change({ search: text })} width={320} />
      </FilterBar>
      <Answer
        query={assets.query}
        isEmpty={() => assets.items.length === 0}
        empty={
          search === undefined ? (
            <EmptyState title={words.none}>{words.noneHint}</EmptyState>
          ) : (
            <EmptyState title={texts.filters.nothingFits} />
          )
        }
      >
        {() => (
          <Panel padded={false}>
            <DataTable<Asset>
              label={words.title}
              columns={COLUMNS}
              rows={assets.items}
              rowId={({ uri }) => uri}
              height="max(24rem, calc(100dvh - 13.5rem))"
              isFixed
              onVisible={assets.onVisible}
              onEnd={assets.hasMore ? assets.readMore : undefined}
              isReadingMore={assets.isReadingMore}
            />
          </Panel>
        )}
      </Answer>
    </Page>
  );
}

const COLUMNS: readonly Column<Asset>[] = [
  {
    key: "uri",
    header: words.uri,
    cell: ({ uri }) => (
      <AppLink to="/assets/asset" search={{ uri }} fw={600} style={{ overflowWrap: "anywhere" }}>
        {uri}
      </AppLink>
    ),
  },
  {
    key: "producers",
    header: words.producers,
    isExtra: true,
    cell: ({ producers }) => <ProducerLinks producers={producers} most={2} />,
  },
  {
    key: "consumers",
    header: words.consumers,
    isExtra: true,
    cell: ({ consumers }) => <ConsumerLinks consumers={consumers} />,
  },
  {
    key: "updated",
    header: words.updated,
    width: 130,
    cell: ({ updatedAt }) => (updatedAt === undefined ? words.never : <DistanceText at={updatedAt} />),
  },
];
