import { describeSchedule, getDag, listPages, whyDag, type AnswerOf } from "@millrace/api";
import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { Outlet, useParams } from "@tanstack/react-router";
import { CalendarClock, FileX } from "lucide-react";
import type { ReactNode } from "react";
import { PauseSwitch } from "../../components/actions/pause-switch.tsx";
import { TriggerButton } from "../../components/actions/trigger-button.tsx";
import { ErrorState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page } from "../../components/page.tsx";
import { RouteTabs } from "../../components/route-tabs.tsx";
import { DistanceText, IntervalText } from "../../components/time-text.tsx";
import { WhySaid } from "../../components/why-said.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

const words = texts.dag;

type DagWhole = AnswerOf<typeof getDag>;

/** A DAG: what it is and when it runs next, and its views. */
export function DagPage(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId" });
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  const { data } = dag;
  return (
    <Page
      title={data?.displayName ?? dagId}
      crumbs={[
        <AppLink key="dags" to="/dags">
          {texts.shell.dags}
        </AppLink>,
      ]}
      subtitle={data ? <Subtitle dag={data} /> : " "}
      actions={
        data && (
          <>
            <PauseSwitch dagId={dagId} paused={data.paused} hasLabel hasShortcuts />
            <TriggerButton dagId={dagId} hasShortcuts />
          </>
        )
      }
    >
      {data === undefined && dag.error ? (
        <ErrorState error={dag.error} retry={() => void dag.refetch()} isRetrying={dag.isFetching} />
      ) : (
        <>
          {data && <Notices dag={data} />}
          <DagTabs dagId={dagId} />
          <Outlet />
        </>
      )}
    </Page>
  );
}

function Subtitle({ dag }: { readonly dag: DagWhole }): ReactNode {
  return (
    <Stack gap={4}>
      {dag.description !== undefined && <Text size="sm">{dag.description}</Text>}
      <Group gap="md" style={{ rowGap: 2 }}>
        <Group gap={5} wrap="nowrap">
          <CalendarClock size={14} aria-hidden />
          <span>{describeSchedule(dag.schedule)}</span>
        </Group>
        {dag.nextRun && !dag.paused && (
          <Group gap={5}>
            <span>
              {words.nextRun} <DistanceText at={dag.nextRun.runAfter} />:
            </span>
            <IntervalText {...dag.nextRun} />
          </Group>
        )}
        {dag.tags.map((tag) => (
          <Badge key={tag} variant="default" size="sm" tt="none" fw={500}>
            {tag}
          </Badge>
        ))}
      </Group>
    </Stack>
  );
}

function Notices({ dag }: { readonly dag: DagWhole }): ReactNode {
  const { dagId, active, schedule } = dag;
  const runsByItself = schedule.kind !== "none";
  const isOverdue = active && runsByItself && !dag.paused && dag.nextRun === undefined;
  const why = useCall(
    whyDag,
    { params: { dagId } },
    {
      live: {
        about: "any",
        of: [
          { about: "dags", dagId },
          { about: "runs", dagId },
        ],
      },
      enabled: isOverdue,
    },
  );
  return (
    <>
      {!active && (
        <Alert color="orange" icon={<FileX size={18} />}>
          {words.gone}
        </Alert>
      )}
      {isOverdue && why.data && <WhySaid title={words.why} said={why.data.items} />}
    </>
  );
}

const TABS = [
  "grid",
  "graph",
  "gantt",
  "calendar",
  "durations",
  "runs",
  "tasks",
  "code",
  "backfills",
  "details",
  "events",
] as const;

function DagTabs({ dagId }: { readonly dagId: string }): ReactNode {
  const pages = useCall(listPages, { query: { dagId } });
  return (
    <RouteTabs
      label={words.tabs.label}
      tabs={[
        ...TABS.map((tab) => ({
          label: words.tabs[tab],
          path: `/${tab}`,
          link: { to: `/dags/$dagId/${tab}` as const, params: { dagId } },
        })),
        ...(pages.data?.items ?? []).map(({ pageId, title }) => ({
          label: title,
          path: `/pages/${pageId}`,
          link: { to: "/dags/$dagId/pages/$pageId" as const, params: { dagId, pageId } },
        })),
      ]}
    />
  );
}
