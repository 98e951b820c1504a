import { getPageData, type AnswerOf, type getPage } from "@millrace/api";
import { ActionIcon, Group, Stack, Text, Tooltip } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { callOptions } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { PageParams } from "./page-params.tsx";
import { fieldsOf, filterName, paramsText } from "./page-params.model.ts";
import { PanelGrid } from "./panels/panel-grid.tsx";

const words = texts.pages;

/** What a page of a pipeline shows: its settings, its panels, and how old they are. */
export function PageView({ page }: { readonly page: AnswerOf<typeof getPage> }): ReactNode {
  const [filters, setFilters] = useFilters<string>();
  const params = paramsText(page.params, filters);
  const refreshMs = page.refreshSeconds * 1_000;
  const input = { params: { pageId: page.pageId }, query: params === undefined ? {} : { params } };
  const query = useQuery({
    ...callOptions(getPageData, input, { staleTime: refreshMs }),
    // What a page shows may come from anywhere: no event tells when it has changed. Hidden tabs do not ask.
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end" gap="md">
        <PageParams
          key={page.pageId}
          fields={fieldsOf(page.params, filters)}
          onChange={(name, value) => setFilters({ [filterName(name)]: value })}
        />
        <Group gap="xs" ml="auto">
          {query.data && (
            <Text size="sm" c="var(--text-dim)" component="span">
              {words.computed} <DistanceText at={query.data.computedAt} />
            </Text>
          )}
          <Tooltip label={`${words.refresh}. ${words.every(page.refreshSeconds)}`}>
            <ActionIcon
              variant="default"
              aria-label={words.refresh}
              loading={query.isFetching}
              onClick={() => void query.refetch()}
            >
              <RefreshCw size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Answer
        query={query}
        isEmpty={({ panels }) => panels.length === 0}
        empty={<EmptyState title={words.noPanels} />}
        skeletonRows={14}
      >
        {({ panels }) => <PanelGrid panels={panels} />}
      </Answer>
    </Stack>
  );
}
