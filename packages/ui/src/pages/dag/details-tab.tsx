import { describeSchedule, getDag, listNextRuns, whyDag, type AnswerOf } from "@millrace/api";
import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { DeleteDagButton } from "../../components/actions/delete-dag-button.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Facts, type Fact } from "../../components/facts.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable } from "../../components/table/data-table.tsx";
import { DataText, DistanceText, TimeText } from "../../components/time-text.tsx";
import { WhySaid } from "../../components/why-said.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatDuration } from "../../time/format-time.model.ts";

const words = texts.dag.details;
type DagWhole = AnswerOf<typeof getDag>;

/** Everything that a DAG's file says of it, when it runs next, and its params. */
export function DetailsTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/details" });
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  const navigate = useNavigate();
  const toDags = (): void => void navigate({ to: "/dags" });
  return (
    <Answer query={dag} skeletonRows={16}>
      {(data) => (
        <Stack>
          <Why dagId={dagId} />
          <Panel title={words.title}>
            <Facts facts={[...identity(data, toDags), ...limits(data)]} />
          </Panel>
          <NextRuns dag={data} />
          <Params dag={data} />
        </Stack>
      )}
    </Answer>
  );
}

function Why({ dagId }: { readonly dagId: string }): ReactNode {
  const { data } = useCall(
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
    },
  );
  return data ? <WhySaid title={words.why} said={data.items} isCalm /> : null;
}

function identity(dag: DagWhole, onDeleted: () => void): readonly Fact[] {
  const { graph } = dag;
  const owners = [...new Set(graph.tasks.map(({ owner }) => owner))];
  const links = graph.dag.ownerLinks ?? {};
  return [
    [words.id, dag.dagId],
    [words.name, dag.displayName],
    [words.description, dag.description],
    [words.file, <Code key="file">{dag.file}</Code>],
    [
      words.state,
      <Group key="state" gap="xs">
        {dag.active ? (dag.paused ? words.pausedWord : words.active) : words.gone}
        {!dag.active && <DeleteDagButton dagId={dag.dagId} onDeleted={onDeleted} />}
      </Group>,
    ],
    [
      words.version,
      <span key="version">
        <AppLink to="/dags/$dagId/code" params={{ dagId: dag.dagId }} underline="always">
          {dag.version}
        </AppLink>{" "}
        {words.versionSince} <TimeText at={dag.createdAt} />
      </span>,
    ],
    [words.bundle, <Code key="bundle">{dag.bundleHash.slice(0, 16)}</Code>],
    [words.seen, <DistanceText key="seen" at={dag.seenAt} />],
    [words.schedule, describeSchedule(dag.schedule)],
    [words.override, graph.dag.scheduleOverride && <Code>{graph.dag.scheduleOverride.from}</Code>],
    [words.tasks, words.taskCount(graph.tasks.length, graph.groups.length)],
    [
      words.owners,
      <Group key="owners" gap="xs">
        {owners.map((owner) => (
          <OwnerName key={owner} owner={owner} link={links[owner]} />
        ))}
      </Group>,
    ],
    [
      words.tags,
      dag.tags.length > 0 && (
        <Group gap={4}>
          {dag.tags.map((tag) => (
            <Badge key={tag} variant="default" size="sm" tt="none" fw={500}>
              {tag}
            </Badge>
          ))}
        </Group>
      ),
    ],
  ];
}

/** A DAG file may link an owner to anything; only addresses of the web and of mail are followed. */
function OwnerName({ owner, link }: { readonly owner: string; readonly link: string | undefined }): ReactNode {
  if (link === undefined || !/^(https?:|mailto:)/i.test(link)) return <span>{owner}</span>;
  return (
    <a href={link} target="_blank" rel="noreferrer">
      {owner}
    </a>
  );
}

function limits({ graph: { dag }, owner }: DagWhole): readonly Fact[] {
  const lasting = (micros: number | undefined): string | undefined =>
    micros === undefined ? undefined : formatDuration(micros / 1_000_000);
  const day = (micros: number | undefined): ReactNode =>
    micros === undefined ? undefined : <TimeText at={new Date(micros / 1_000).toISOString()} />;
  return [
    [words.start, day(dag.start)],
    [words.end, day(dag.end)],
    [words.catchup, dag.catchup ? words.yes : words.no],
    [words.maxRuns, dag.maxActiveRuns],
    [words.maxTasks, dag.maxActiveTasks],
    [words.maxFailed, dag.maxConsecutiveFailedRuns === 0 ? words.never : dag.maxConsecutiveFailedRuns],
    [words.timeout, lasting(dag.runTimeoutMicros)],
    [words.deadline, lasting(dag.deadlineMicros)],
    [words.failFast, dag.failFast && words.yes],
    [words.callbacks, dag.callbacks.length > 0 && dag.callbacks.join(", ")],
    [words.owner, owner],
    [
      texts.dag.docs,
      dag.docMd !== undefined && (
        <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
          {dag.docMd}
        </Text>
      ),
    ],
  ];
}

function NextRuns({ dag }: { readonly dag: DagWhole }): ReactNode {
  const { dagId } = dag;
  const next = useCall(
    listNextRuns,
    { params: { dagId }, query: { limit: 10 } },
    {
      live: {
        about: "any",
        of: [
          { about: "dags", dagId },
          { about: "runs", dagId },
        ],
      },
    },
  );
  return (
    <Panel title={words.next} padded={false}>
      <Answer
        query={next}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={words.noNext} />}
        skeletonRows={4}
      >
        {({ items }) => (
          <DataTable
            label={words.next}
            rows={items}
            rowId={({ logicalDate }) => logicalDate}
            columns={[
              { key: "date", header: words.logicalDate, cell: ({ logicalDate }) => <TimeText at={logicalDate} /> },
              {
                key: "interval",
                header: words.interval,
                cell: ({ intervalStart, intervalEnd }) => (
                  <DataText intervalStart={intervalStart} intervalEnd={intervalEnd} />
                ),
              },
              {
                key: "starts",
                header: words.starts,
                isExtra: true,
                cell: ({ runAfter }) => <DistanceText at={runAfter} />,
              },
            ]}
          />
        )}
      </Answer>
    </Panel>
  );
}

function Params({ dag }: { readonly dag: DagWhole }): ReactNode {
  const params = Object.entries(dag.graph.dag.params);
  return (
    <Panel title={words.params} padded={false}>
      {params.length === 0 ? (
        <EmptyState title={words.noParams} />
      ) : (
        <DataTable
          label={words.params}
          rows={params}
          rowId={([name]) => name}
          columns={[
            { key: "name", header: words.param, cell: ([name]) => <Code>{name}</Code> },
            {
              key: "default",
              header: words.default,
              cell: ([, param]) =>
                param.default === undefined ? words.required : <Code>{JSON.stringify(param.default)}</Code>,
            },
            { key: "description", header: words.description, isExtra: true, cell: ([, param]) => param.description },
            {
              key: "schema",
              header: words.schema,
              isExtra: true,
              cell: ([, param]) => <Code style={{ overflowWrap: "anywhere" }}>{JSON.stringify(param.schema)}</Code>,
            },
          ]}
        />
      )}
    </Panel>
  );
}
