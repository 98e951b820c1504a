import { listPages, type AnswerOf } from "@millrace/api";
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DagLink } from "../../components/run-links.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { useEndlessList } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

const words = texts.admin.plugins;
type PluginPage = AnswerOf<typeof listPages>["items"][number];

const COLUMNS: readonly Column<PluginPage>[] = [
  { key: "title", header: words.columns.title, cell: (page) => <TitleCell page={page} /> },
  {
    key: "where",
    header: words.columns.where,
    cell: ({ dagId }) =>
      dagId === undefined ? (
        words.own
      ) : (
        <>
          {words.tabOf} <DagLink dagId={dagId} />
        </>
      ),
  },
  {
    key: "dags",
    header: words.columns.dags,
    isExtra: true,
    cell: ({ dagIds }) => (
      <Group gap="xs">
        {dagIds.map((dagId) => (
          <DagLink key={dagId} dagId={dagId} />
        ))}
      </Group>
    ),
  },
  {
    key: "refresh",
    header: words.columns.refresh,
    isExtra: true,
    cell: ({ refreshSeconds }) => words.seconds(refreshSeconds),
  },
];

/** What pipelines add to the interface. */
export function PluginsPage(): ReactNode {
  const { items, query } = useEndlessList(listPages, { query: {} });
  return (
    <Page title={words.title} subtitle={words.explain}>
      <Panel padded={false}>
        <Answer
          query={query}
          isEmpty={() => items.length === 0}
          empty={<EmptyState title={words.empty}>{words.emptyHint}</EmptyState>}
        >
          {() => (
            <DataTable
              label={words.title}
              columns={COLUMNS}
              rows={items}
              rowId={({ pageId }) => pageId}
              isReadingMore={query.isFetchingNextPage}
              {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function TitleCell({ page: { pageId, title, description, dagId } }: { readonly page: PluginPage }): ReactNode {
  return (
    <>
      {dagId === undefined ? (
        <AppLink to="/pages/$pageId" params={{ pageId }}>
          {title}
        </AppLink>
      ) : (
        <AppLink to="/dags/$dagId/pages/$pageId" params={{ dagId, pageId }}>
          {title}
        </AppLink>
      )}
      {description !== undefined && (
        <Text size="xs" c="var(--text-dim)">
          {description}
        </Text>
      )}
    </>
  );
}
