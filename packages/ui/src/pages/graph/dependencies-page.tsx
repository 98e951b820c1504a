import { getDagDependencies, type AnswerOf } from "@millrace/api";
import { Alert, Group, Stack } from "@mantine/core";
import type { LinkProps } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { GraphToolbar } from "../../components/graph/graph-toolbar.tsx";
import { GraphView } from "../../components/graph/graph-view.tsx";
import { useGraphChoices } from "../../components/graph/use-graph-choices.ts";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { dependenciesSource } from "./dependencies-source.model.ts";

/** Which DAG starts another, waits for it, or follows an asset that it updates. */
export function DependenciesPage(): ReactNode {
  const dependencies = useCall(getDagDependencies, {}, { live: { about: "dags" } });
  return (
    <Page title={texts.graph.dependencies} subtitle={texts.graph.dependenciesHint}>
      <Answer
        query={dependencies}
        isEmpty={({ edges }) => edges.length === 0}
        empty={<EmptyState title={texts.graph.noDependency}>{texts.graph.noDependencyHint}</EmptyState>}
      >
        {(data) => <Dependencies data={data} />}
      </Answer>
    </Page>
  );
}

function linkOf(nodeId: string): LinkProps {
  if (nodeId.startsWith("asset:")) return { to: "/assets/asset", search: { uri: nodeId.slice("asset:".length) } };
  return { to: "/dags/$dagId", params: { dagId: nodeId.slice("dag:".length) } };
}

function Dependencies({ data }: { readonly data: AnswerOf<typeof getDagDependencies> }): ReactNode {
  const source = useMemo(() => dependenciesSource(data), [data]);
  const choices = useGraphChoices(source);
  return (
    <Stack gap="sm">
      {data.isPartial && <Alert color="yellow">{texts.graph.partial}</Alert>}
      <Group gap="xs">
        <GraphToolbar choices={choices} />
      </Group>
      <GraphView
        label={texts.graph.dependencies}
        source={choices.source}
        direction={choices.direction}
        openGroups={choices.openGroups}
        onToggleGroup={choices.toggle}
        linkOf={linkOf}
        focus={choices.focus}
        onNarrow={choices.narrowTo}
      />
    </Stack>
  );
}
