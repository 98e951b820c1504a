import { createPool, deletePool, listPools } from "@millrace/api";
import { Button, Text } from "@mantine/core";
import { Pencil, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useDeletion } from "../../components/actions/use-deletion.tsx";
import { Answer } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { client } from "../../server/client.ts";
import { useEndlessList } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { PoolBar } from "./pools/pool-bar.tsx";
import { PoolDialog } from "./pools/pool-dialog.tsx";
import type { Pool } from "./pools/pool-use.model.ts";

const words = texts.admin.pools;
/** There is always one, which cannot be deleted. */
const DEFAULT_POOL = "default_pool";

/** Pools, and how full they are at the moment. */
export function PoolsPage(): ReactNode {
  const [open, setOpen] = useState<Pool | "new">();
  const may = useMay();
  const { items, query } = useEndlessList(listPools, { query: { limit: 200 } }, { live: { about: "runs" } });
  const create = may("can_create", "Pools") && (
    <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setOpen("new")}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} subtitle={words.explain} actions={create}>
      <Panel padded={false}>
        <Answer query={query}>
          {() => (
            <DataTable
              label={words.title}
              columns={columnsOf(setOpen)}
              rows={items}
              rowId={({ pool }) => pool}
              isReadingMore={query.isFetchingNextPage}
              {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
            />
          )}
        </Answer>
      </Panel>
      {open !== undefined && (
        <PoolDialog onClose={() => setOpen(undefined)} {...(open !== "new" && { before: open })} />
      )}
    </Page>
  );
}

function columnsOf(onEdit: (pool: Pool) => void): readonly Column<Pool>[] {
  const { columns } = words;
  return [
    {
      key: "name",
      header: columns.name,
      cell: ({ pool }) => (
        <Text span size="sm" fw={600}>
          {pool}
        </Text>
      ),
    },
    { key: "use", header: columns.use, cell: (pool) => <PoolBar pool={pool} /> },
    { key: "waiting", header: columns.waiting, cell: ({ use }) => words.waiting(use.scheduled) },
    { key: "order", header: columns.order, isExtra: true, cell: ({ order }) => words.orderShort[order] },
    { key: "description", header: columns.description, isExtra: true, cell: ({ description }) => description },
    { key: "actions", header: "", width: 40, cell: (pool) => <RowActions pool={pool} onEdit={() => onEdit(pool)} /> },
  ];
}

function RowActions({ pool: whole, onEdit }: { readonly pool: Pool; readonly onEdit: () => void }): ReactNode {
  const { pool, slots, description, includeDeferred, order } = whole;
  const may = useMay();
  const { entry: remove, question } = useDeletion({
    run: () => client.call(deletePool, { params: { pool } }),
    title: words.deleteTitle(pool),
    text: words.deleteText,
    done: words.deleted(pool),
    undo: () => client.call(createPool, { body: { pool, slots, description, includeDeferred, order } }),
  });
  const entries: readonly (ActionEntry | false)[] = [
    may("can_edit", "Pools") && { key: "edit", label: texts.actions.edit, icon: Pencil, onAct: onEdit },
    may("can_delete", "Pools") && pool !== DEFAULT_POOL && remove,
  ];
  return (
    <>
      <ActionMenu entries={entries.filter((entry) => entry !== false)} look="menu" label={texts.actions.more} />
      {question}
    </>
  );
}
