import { listWebhooks, type AnswerOf } from "@millrace/api";
import { Alert, Code, Group, Select, Text } from "@mantine/core";
import { Pause } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { FilterBar } from "../../components/filters/filter-bar.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DagLink } from "../../components/run-links.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { DeliveryDialog } from "./delivery-dialog.tsx";
import { DeliveryTable } from "./delivery-table.tsx";

const words = texts.browse.webhooks;
const MOST = 1_000;
const STATUSES = ["accepted", "duplicate", "refused"] as const;

type Webhook = AnswerOf<typeof listWebhooks>["items"][number];

/** What other systems delivered to webhooks, and what came of it; a delivery can be replayed. */
export function WebhooksPage(): ReactNode {
  const webhooks = useCall(listWebhooks, { query: { limit: MOST } }, { live: { about: "dags" }, staleTime: 0 });
  return (
    <Page title={words.title}>
      <Answer
        query={webhooks}
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title={words.none}>{words.noneHint}</EmptyState>}
      >
        {({ items }) => <Deliveries webhooks={items} />}
      </Answer>
    </Page>
  );
}

function Deliveries({ webhooks }: { readonly webhooks: readonly Webhook[] }): ReactNode {
  const [filters, change] = useFilters<"webhook" | "status" | "delivery">();
  const webhook = webhooks.find(({ name }) => name === filters.webhook) ?? webhooks[0];
  const status = STATUSES.find((each) => each === filters.status);
  return (
    <>
      <FilterBar>
        <Select
          aria-label={words.webhook}
          data={webhooks.map(({ name }) => name)}
          value={webhook.name}
          onChange={(name) => change({ webhook: name ?? undefined }, { replace: false })}
          allowDeselect={false}
          searchable
          size="xs"
          w={240}
        />
        <Select
          aria-label={words.result}
          placeholder={words.anyStatus}
          data={STATUSES.map((value) => ({ value, label: words.status[value] }))}
          value={status ?? null}
          onChange={(value) => change({ status: value ?? undefined })}
          clearable
          size="xs"
          w={150}
        />
      </FilterBar>
      <Panel
        title={
          <Group gap="sm">
            {webhook.name}
            <Text span size="sm" fw={400}>
              <DagLink dagId={webhook.dagId} />
            </Text>
          </Group>
        }
        padded={false}
      >
        <Text size="sm" px="md" py="xs" c="var(--text-dim)" component="div">
          {words.path} <Code>{webhook.path}</Code> · {words.signature} {webhook.signature}
          {webhook.description !== undefined && ` · ${webhook.description}`}
        </Text>
        {webhook.isPaused && (
          <Alert color="yellow" icon={<Pause size={16} />} mx="md" mb="xs" py="xs">
            {words.paused}
          </Alert>
        )}
        <DeliveryTable
          webhook={webhook.name}
          status={status}
          onShow={(delivery) => change({ delivery }, { replace: false })}
        />
      </Panel>
      {filters.delivery !== undefined && (
        <DeliveryDialog
          webhook={webhook}
          deliveryId={filters.delivery}
          onClose={() => change({ delivery: undefined })}
        />
      )}
    </>
  );
}
