import { listAssetEvents, listAssets, type AnswerOf } from "@millrace/api";
import { Button, Code, SimpleGrid, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CirclePlus, Network } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink, ButtonLink } from "../../components/app-link.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DagLink, InstanceLink, RunLink } from "../../components/run-links.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText, TimeText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { useWindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";
import { ConsumerLinks, ProducerLinks } from "./asset-links.tsx";
import { UpdateAssetDialog } from "./update-asset-dialog.tsx";

const words = texts.assets;

type AssetEvent = AnswerOf<typeof listAssetEvents>["items"][number];

/** One asset: who updates it, who follows it, and its updates, newest first. */
export function AssetPage(): ReactNode {
  const [{ uri = "" }] = useFilters<"uri">();
  const may = useMay();
  const [isOpen, { open, close }] = useDisclosure(false);
  const live = { about: "assets", uri } as const;
  const asset = useCall(listAssets, { query: { uri } }, { live, staleTime: 0, enabled: uri !== "" });
  return (
    <Page
      title={uri === "" ? words.title : uri}
      crumbs={[
        <AppLink key="assets" to="/assets">
          {words.title}
        </AppLink>,
      ]}
      actions={
        <>
          <ButtonLink
            to="/assets/graph"
            search={{ uri }}
            size="xs"
            variant="default"
            leftSection={<Network size={14} aria-hidden />}
          >
            {words.graph}
          </ButtonLink>
          {may("can_create", "Datasets") && uri !== "" && (
            <Button size="xs" onClick={open} leftSection={<CirclePlus size={14} aria-hidden />}>
              {words.update}
            </Button>
          )}
        </>
      }
    >
      {uri === "" ? (
        <EmptyState title={words.unknown} />
      ) : (
        <>
          <Answer
            query={asset}
            skeletonRows={3}
            isEmpty={({ items }) => items.length === 0}
            empty={<EmptyState title={words.unknown} />}
          >
            {({ items: [{ producers, consumers, updatedAt }] }) => (
              <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
                <Panel title={words.producers}>
                  <ProducerLinks producers={producers} />
                </Panel>
                <Panel title={words.consumers}>
                  <ConsumerLinks consumers={consumers} />
                </Panel>
                <Panel title={words.updated}>
                  {updatedAt === undefined ? words.never : <DistanceText at={updatedAt} />}
                </Panel>
              </SimpleGrid>
            )}
          </Answer>
          <Events uri={uri} />
        </>
      )}
      {isOpen && <UpdateAssetDialog uri={uri} onClose={close} />}
    </Page>
  );
}

function Events({ uri }: { readonly uri: string }): ReactNode {
  const events = useWindowedList(listAssetEvents, { query: { uri } }, { live: { about: "assets", uri }, staleTime: 0 });
  return (
    <Panel title={words.events} padded={false}>
      <Answer
        query={events.query}
        isEmpty={() => events.items.length === 0}
        empty={<EmptyState title={words.eventsNone} />}
      >
        {() => (
          <DataTable<AssetEvent>
            label={words.events}
            columns={COLUMNS}
            rows={events.items}
            rowId={({ eventId }) => String(eventId)}
            height="max(20rem, calc(100dvh - 22rem))"
            onVisible={events.onVisible}
            onEnd={events.hasMore ? events.readMore : undefined}
            isReadingMore={events.isReadingMore}
          />
        )}
      </Answer>
    </Panel>
  );
}

const COLUMNS: readonly Column<AssetEvent>[] = [
  { key: "at", header: words.at, width: 210, cell: ({ at }) => <TimeText at={at} /> },
  { key: "by", header: words.by, cell: (event) => <UpdatedBy event={event} /> },
  {
    key: "extra",
    header: words.extra,
    isExtra: true,
    cell: ({ extra }) =>
      extra !== null && <Code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{extra}</Code>,
  },
];

function UpdatedBy({ event }: { readonly event: AssetEvent }): ReactNode {
  const { dagId, runKey, taskId, mapIndex } = event;
  if (dagId === undefined || runKey === undefined)
    return (
      <Text span size="sm" c="var(--text-dim)">
        {words.fromOutside}
      </Text>
    );
  return (
    <>
      <DagLink dagId={dagId} /> · <RunLink dagId={dagId} runKey={runKey} />
      {taskId !== undefined && (
        <>
          {" "}
          · <InstanceLink dagId={dagId} runKey={runKey} taskId={taskId} mapIndex={mapIndex} />
        </>
      )}
    </>
  );
}
