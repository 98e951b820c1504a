import { listPages, type AnswerOf } from "@millrace/api";
import { Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import {
  Activity,
  ChartLine,
  Database,
  Gauge,
  Globe,
  HeartPulse,
  LayoutDashboard,
  List,
  Shield,
  Table2,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

const words = texts.pages;

type PageItem = AnswerOf<typeof listPages>["items"][number];

const ICONS: Readonly<Partial<Record<string, LucideIcon>>> = {
  activity: Activity,
  chart: ChartLine,
  database: Database,
  gauge: Gauge,
  globe: Globe,
  heart: HeartPulse,
  list: List,
  shield: Shield,
  table: Table2,
};

/** Pages and tabs that pipelines add. */
export function PagesPage(): ReactNode {
  const query = useCall(listPages, { query: { limit: 1_000 } });
  return (
    <Page title={texts.shell.pages} subtitle={words.subtitle}>
      <Answer
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={words.none}>{words.howTo}</EmptyState>}
      >
        {({ items }) => (
          <Stack gap="lg">
            <Cards title={words.ownPages} pages={items.filter(({ dagId }) => dagId === undefined)} />
            <Cards title={words.tabs} pages={items.filter(({ dagId }) => dagId !== undefined)} />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Cards({ title, pages }: { readonly title: string; readonly pages: readonly PageItem[] }): ReactNode {
  if (pages.length === 0) return null;
  return (
    <Stack gap="sm">
      <Title order={2}>{title}</Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {pages.map((page) => (
          <PageCard key={page.pageId} page={page} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function PageCard({ page }: { readonly page: PageItem }): ReactNode {
  const { pageId, title, description, dagId, icon = "" } = page;
  const Icon = ICONS[icon] ?? LayoutDashboard;
  return (
    <Card withBorder padding="md" bg="var(--surface-raised)">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Icon size={20} aria-hidden style={{ flex: "none", color: "var(--mantine-primary-color-filled)" }} />
        <Stack gap={2} miw={0}>
          {dagId === undefined ? (
            <AppLink to="/pages/$pageId" params={{ pageId }} fw={600}>
              {title}
            </AppLink>
          ) : (
            <AppLink to="/dags/$dagId/pages/$pageId" params={{ dagId, pageId }} fw={600}>
              {title}
            </AppLink>
          )}
          {description !== undefined && <Text size="sm">{description}</Text>}
          {dagId !== undefined && (
            <Text size="sm" c="var(--text-dim)" style={{ overflowWrap: "anywhere" }}>
              {words.tabOf} {dagId}
            </Text>
          )}
        </Stack>
      </Group>
    </Card>
  );
}
