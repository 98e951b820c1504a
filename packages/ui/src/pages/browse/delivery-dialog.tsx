import { findWebhookDelivery, replayWebhookDelivery, type AnswerOf } from "@millrace/api";
import { Button, Code, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { Answer } from "../../components/answer.tsx";
import { RunLink } from "../../components/run-links.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { client } from "../../server/client.ts";
import { useCall } from "../../server/queries.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { DeliveryStatus } from "./delivery-table.tsx";

const words = texts.browse.webhooks;

/** A delivery with what was sent; lets it be replayed by who may. */
export function DeliveryDialog({
  webhook,
  deliveryId,
  onClose,
}: {
  readonly webhook: { readonly name: string; readonly dagId: string };
  readonly deliveryId: string;
  readonly onClose: () => void;
}): ReactNode {
  const params = { name: webhook.name, deliveryId };
  const delivery = useCall(findWebhookDelivery, { params });
  const may = useMay();
  const mayReplay =
    may("can_edit", "Webhooks") && may("can_create", "DAG Runs") && may("can_edit", "DAGs", webhook.dagId);
  const replay = useAct({
    run: () => client.call(replayWebhookDelivery, { params }),
    done: ({ runKey }) => {
      onClose();
      return words.replayed(runKey);
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.delivery}
      size="xl"
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      <Answer query={delivery}>
        {(found) => (
          <Stack gap="sm">
            <Facts delivery={found} />
            <Title order={3}>{words.headers}</Title>
            <Code block>
              {Object.entries(found.headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join("\n")}
            </Code>
            <Title order={3}>{words.body}</Title>
            {found.body === undefined ? (
              <Text size="sm" c="var(--text-dim)">
                {words.noBody}
              </Text>
            ) : (
              <Code block mah={360} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
                {pretty(found.body)}
              </Code>
            )}
            {mayReplay && found.hasBody && (
              <Group justify="space-between">
                <Text size="sm" c="var(--text-dim)">
                  {words.replayAsk}
                </Text>
                <Button
                  leftSection={<RotateCcw size={15} aria-hidden />}
                  loading={replay.isPending}
                  onClick={() => replay.mutate(undefined)}
                >
                  {words.replay}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Answer>
    </Modal>
  );
}

function Facts({ delivery }: { readonly delivery: AnswerOf<typeof findWebhookDelivery> }): ReactNode {
  const { dagId, at, from, status, httpStatus, reason, runKey, run, runRefusal, replayOf, firstDeliveryId } = delivery;
  return (
    <Stack gap={4} fz="sm">
      <Group gap="md">
        <DeliveryStatus status={status} />
        <TimeText at={at} />
        <span>
          {words.from} {from}
        </span>
        <span>
          {words.answer} {httpStatus}
        </span>
      </Group>
      {reason !== undefined && <Text size="sm">{reason}</Text>}
      {runKey !== undefined && (
        <span>
          {texts.browse.run} <RunLink dagId={dagId} runKey={runKey} /> {run && words.run[run]}
          {runRefusal !== undefined && `: ${runRefusal}`}
        </span>
      )}
      {replayOf !== undefined && (
        <Text size="sm" c="var(--text-dim)">
          {words.replayOf} {replayOf}
        </Text>
      )}
      {firstDeliveryId !== undefined && (
        <Text size="sm" c="var(--text-dim)">
          {words.firstDelivery} {firstDeliveryId}
        </Text>
      )}
    </Stack>
  );
}

/** JSON is shown with its structure, anything else as it came. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
