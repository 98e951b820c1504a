import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { CircleX, Clock4 } from "lucide-react";
import type { ReactNode } from "react";
import { NoteEditor } from "../../components/actions/note-editor.tsx";
import { RunActions } from "../../components/actions/run-actions.tsx";
import { ErrorState, LoadingState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Callout } from "../../components/callout.tsx";
import { Page } from "../../components/page.tsx";
import { RouteTabs } from "../../components/route-tabs.tsx";
import { StateBadge } from "../../components/states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import { RunConf } from "./run-conf.tsx";
import { RunCounts } from "./run-counts.tsx";
import { RunFacts } from "./run-facts.tsx";
import { RunWhy } from "./run-why.tsx";
import { useRun, type RunWhole } from "./use-run.ts";

const words = texts.run;
const TABS = [
  ["tasks", "tasks"],
  ["tree", "tree"],
  ["gantt", "gantt"],
  ["graph", "graph"],
  ["events", "events"],
  ["details", "details"],
  ["code", "code"],
  ["asset-events", "assets"],
] as const;

/** A run: what it is about, how it goes, and its views. */
export function RunPage(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey" });
  const navigate = useNavigate();
  const run = useRun(dagId, runKey);
  const { data } = run;
  return (
    <Page
      title={runKey}
      heading={
        <Group gap="sm">
          <span style={{ overflowWrap: "anywhere" }}>{runKey}</span>
          {data && (
            <Text component="span" size="md" fw={500}>
              <StateBadge state={data.state} />
            </Text>
          )}
        </Group>
      }
      crumbs={[
        <AppLink key="dags" to="/dags">
          {texts.shell.dags}
        </AppLink>,
        <AppLink key="dag" to="/dags/$dagId" params={{ dagId }}>
          {dagId}
        </AppLink>,
        <AppLink key="runs" to="/dags/$dagId/runs" params={{ dagId }}>
          {texts.dag.tabs.runs}
        </AppLink>,
      ]}
      actions={
        data && (
          <RunActions
            run={data}
            hasShortcuts
            onDeleted={() => void navigate({ to: "/dags/$dagId/runs", params: { dagId } })}
          />
        )
      }
    >
      {data === undefined && run.error && (
        <ErrorState error={run.error} retry={() => void run.refetch()} isRetrying={run.isFetching} />
      )}
      {data === undefined && !run.error && <LoadingState rows={8} />}
      {data && (
        <>
          <RunHead run={data} />
          <RouteTabs
            label={words.tabs.label}
            tabs={TABS.map(([path, name]) => ({
              label: words.tabs[name],
              path: `/${path}`,
              link: { to: `/dags/$dagId/runs/$runKey/${path}` as const, params: { dagId, runKey } },
            }))}
          />
          <Outlet />
        </>
      )}
    </Page>
  );
}

function RunHead({ run }: { readonly run: RunWhole }): ReactNode {
  return (
    <Stack gap="sm">
      <RunFacts run={run} />
      <RunCounts run={run} />
      {run.deadlineMissed && (
        <Callout tone="waiting" title={words.late} icon={<Clock4 size={16} />}>
          {null}
        </Callout>
      )}
      {run.cause && (
        <Callout tone="failed" title={words.cause} icon={<CircleX size={16} />}>
          <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }} lineClamp={12}>
            {run.cause.message}
          </Text>
        </Callout>
      )}
      {run.endedAt === undefined && <RunWhy run={run} />}
      {run.conf !== null && run.conf !== "{}" && (
        <Paper withBorder p="sm" bg="var(--surface-raised)">
          <Title order={2} mb={4}>
            {words.conf}
          </Title>
          <RunConf conf={run.conf} />
        </Paper>
      )}
      <div>
        <NoteEditor target={{ dagId: run.dagId, runId: run.runId }} note={run.note} hasShortcuts />
      </div>
    </Stack>
  );
}
