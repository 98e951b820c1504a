import { listWebhookDeliveries, type AnswerOf } from "@millrace/api";
import { Button, Group, Text } from "@mantine/core";
import { CircleCheck, CircleX, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { RunLink } from "../../components/run-links.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useWindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";

const words = texts.browse.webhooks;
const LIVE = { about: "runs" } as const;
const PAGE = 100;

/** A delivery of the list. */
export type Delivery = AnswerOf<typeof listWebhookDeliveries>["items"][number];

const ICONS = {
  accepted: [CircleCheck, "var(--state-success)"],
  duplicate: [Copy, "var(--text-dim)"],
  refused: [CircleX, "var(--state-failed)"],
} as const;

/** Deliveries to a webhook, newest first. */
export function DeliveryTable({
  webhook,
  status,
  onShow,
}: {
  readonly webhook: string;
  readonly status: Delivery["status"] | undefined;
  readonly onShow: (deliveryId: string) => void;
}): ReactNode {
  const deliveries = useWindowedList(
    listWebhookDeliveries,
    { params: { name: webhook }, query: { limit: PAGE, ...(status !== undefined && { status }) } },
    { live: LIVE, calmMs: 1_000, staleTime: 0 },
  );
  return (
    <Answer
      query={deliveries.query}
      isEmpty={() => deliveries.items.length === 0}
      empty={<EmptyState title={status === undefined ? words.noDeliveries : texts.filters.nothingFits} />}
    >
      {() => (
        <DataTable<Delivery>
          label={words.title}
          columns={columnsOf(onShow)}
          rows={deliveries.items}
          rowId={({ deliveryId }) => deliveryId}
          height="max(20rem, calc(100dvh - 18rem))"
          onVisible={deliveries.onVisible}
          onEnd={deliveries.hasMore ? deliveries.readMore : undefined}
          isReadingMore={deliveries.isReadingMore}
        />
      )}
    </Answer>
  );
}

/** What became of a delivery, as a sign and a word. */
export function DeliveryStatus({ status }: { readonly status: Delivery["status"] }): ReactNode {
  const [Icon, color] = ICONS[status];
  return (
    <Group gap={5} wrap="nowrap">
      <Icon size={15} color={color} aria-hidden />
      {words.status[status]}
    </Group>
  );
}

function columnsOf(onShow: (deliveryId: string) => void): readonly Column<Delivery>[] {
  return [
    { key: "at", header: words.at, width: 200, cell: ({ at }) => <TimeText at={at} /> },
    { key: "status", header: words.result, width: 110, cell: ({ status }) => <DeliveryStatus status={status} /> },
    {
      key: "run",
      header: texts.browse.run,
      cell: ({ dagId, runKey, run, reason, runRefusal }) => (
        <>
          {runKey !== undefined && <RunLink dagId={dagId} runKey={runKey} />}
          <Text size="xs" c="var(--text-dim)" lineClamp={2} title={reason ?? runRefusal}>
            {[run && words.run[run], reason, runRefusal].filter((part) => part !== undefined).join(": ")}
          </Text>
        </>
      ),
    },
    { key: "answer", header: words.answer, width: 70, isNumeric: true, isExtra: true, cell: (row) => row.httpStatus },
    { key: "from", header: words.from, width: 140, isExtra: true, cell: ({ from }) => from },
    {
      key: "show",
      header: "",
      width: 70,
      cell: ({ deliveryId }) => (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => onShow(deliveryId)}
          aria-label={words.showOf(deliveryId)}
        >
          {words.show}
        </Button>
      ),
    },
  ];
}
