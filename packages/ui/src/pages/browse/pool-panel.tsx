import { listPools, type AnswerOf } from "@millrace/api";
import { Group, Progress, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { Answer } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";

const words = texts.browse.activity;
const CALM_MS = 1_000;
const MOST = 1_000;

type Pool = AnswerOf<typeof listPools>["items"][number];

/** How full pools are, and what waits for them; nothing for who may not see pools. */
export function PoolPanel(): ReactNode {
  const may = useMay();
  const isAllowed = may("can_read", "Pools");
  const pools = useCall(
    listPools,
    { query: { limit: MOST } },
    { live: { about: "runs" }, calmMs: CALM_MS, staleTime: 0, enabled: isAllowed },
  );
  if (!isAllowed) return null;
  return (
    <Panel
      title={words.pools}
      padded={false}
      actions={
        <AppLink to="/pools" fz="sm">
          {texts.actions.edit}
        </AppLink>
      }
    >
      <Answer query={pools} skeletonRows={2}>
        {({ items }) => <DataTable label={words.pools} columns={COLUMNS} rows={items} rowId={({ pool }) => pool} />}
      </Answer>
    </Panel>
  );
}

const COLUMNS: readonly Column<Pool>[] = [
  { key: "pool", header: words.pool, cell: ({ pool }) => pool },
  { key: "used", header: words.used, width: "40%", cell: (pool) => <PoolUse pool={pool} /> },
  {
    key: "waiting",
    header: words.waiting,
    isNumeric: true,
    cell: ({ pool, use }) =>
      use.scheduled === 0 ? (
        "0"
      ) : (
        <AppLink to="/task-instances" search={{ pool, states: "scheduled" }}>
          {use.scheduled.toLocaleString("en")}
        </AppLink>
      ),
  },
];

function PoolUse({ pool: { slots, occupied, use } }: { readonly pool: Pool }): ReactNode {
  const share = (count: number): number => (slots <= 0 ? 0 : Math.min(100, (count / slots) * 100));
  const parts = (["running", "queued", "deferred"] as const).filter((state) => use[state] > 0);
  return (
    <Group gap="sm" wrap="nowrap">
      <Progress.Root size="md" style={{ flex: 1 }} aria-hidden>
        {parts.map((state) => (
          <Progress.Section key={state} value={share(use[state])} color={`var(--state-${state})`} />
        ))}
      </Progress.Root>
      <Text size="sm" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {words.slots(occupied, slots < 0 ? "∞" : slots.toLocaleString("en"))}
      </Text>
    </Group>
  );
}
