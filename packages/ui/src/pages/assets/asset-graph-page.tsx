import { getAssetGraph, type AnswerOf } from "@millrace/api";
import { Button, Group, Stack } from "@mantine/core";
import type { LinkProps } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { GraphToolbar } from "../../components/graph/graph-toolbar.tsx";
import { GraphView } from "../../components/graph/graph-view.tsx";
import { useGraphChoices } from "../../components/graph/use-graph-choices.ts";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { assetSource } from "./asset-source.model.ts";

/** Assets between the tasks that update them and the DAGs that follow them; of one asset with `?uri=`. */
export function AssetGraphPage(): ReactNode {
  const [{ uri, search, after }, change] = useFilters<"uri" | "search" | "after">();
  const graph = useCall(
    getAssetGraph,
    {
      query: {
        ...(uri !== undefined && { uri }),
        ...(search !== undefined && { search }),
        ...(after !== undefined && { after }),
      },
    },
    { live: { about: "any", of: [{ about: "assets" }, { about: "dags" }] }, keepsPrevious: true },
  );
  return (
    <Page
      title={texts.graph.assets}
      crumbs={[
        <AppLink key="assets" to="/assets">
          {texts.shell.assets}
        </AppLink>,
      ]}
      subtitle={texts.graph.assetsHint}
      actions={
        uri !== undefined && (
          <Button size="compact-sm" variant="default" onClick={() => change({ uri: undefined })}>
            {texts.graph.allAssets}
          </Button>
        )
      }
    >
      <Answer
        query={graph}
        isEmpty={({ nodes }) => nodes.length === 0}
        empty={<EmptyState title={texts.graph.noAsset}>{texts.graph.noAssetHint}</EmptyState>}
      >
        {(data) => (
          <>
            <Assets data={data} />
            {data.next !== undefined && (
              <Button variant="default" onClick={() => change({ after: data.next }, { replace: false })}>
                {texts.graph.nextAssets}
              </Button>
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

function Assets({ data }: { readonly data: AnswerOf<typeof getAssetGraph> }): ReactNode {
  const source = useMemo(() => assetSource(data), [data]);
  const choices = useGraphChoices(source);
  const links = useMemo(() => new Map(data.nodes.map((node) => [node.id, linkOf(node)])), [data]);
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <GraphToolbar choices={choices} />
      </Group>
      <GraphView
        label={texts.graph.assets}
        source={choices.source}
        direction={choices.direction}
        openGroups={choices.openGroups}
        onToggleGroup={choices.toggle}
        linkOf={(nodeId) => links.get(nodeId)}
        focus={choices.focus}
        onNarrow={choices.narrowTo}
      />
    </Stack>
  );
}

function linkOf({ uri, dagId, taskId }: AnswerOf<typeof getAssetGraph>["nodes"][number]): LinkProps | undefined {
  if (uri !== undefined) return { to: "/assets/asset", search: { uri } };
  if (dagId === undefined) return undefined;
  if (taskId === undefined) return { to: "/dags/$dagId", params: { dagId } };
  return { to: "/dags/$dagId/graph", params: { dagId }, search: { focus: taskId } };
}
