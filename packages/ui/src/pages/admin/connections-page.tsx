import { deleteConnection, getConnection, listConnections, testConnection } from "@millrace/api";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Pencil, PlugZap, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { useMay } from "../../app/session-context.tsx";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useDeletion } from "../../components/actions/use-deletion.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { client } from "../../server/client.ts";
import { useCall, useEndlessList } from "../../server/queries.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import type { Connection } from "./connections/connection-draft.model.ts";
import { ConnectionDialog } from "./connections/connection-dialog.tsx";
import { ListSearch } from "./list-search.tsx";
import { hasText } from "./has-text.model.ts";

const words = texts.admin.connections;

/** Connections of the database: listed, made, changed, tried and deleted. */
export function ConnectionsPage(): ReactNode {
  const [filters, setFilters] = useFilters<"search" | "edit" | "new">();
  const may = useMay();
  const { items, query } = useEndlessList(listConnections, { query: { limit: 500 } });
  const { search = "", edit } = filters;
  const shown = items.filter(({ connectionId, type, host, login, description }) =>
    hasText([connectionId, type, host, login, description], search),
  );
  const close = (): void => setFilters({ edit: undefined, new: undefined });
  const button = may("can_create", "Connections") && (
    <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setFilters({ new: "1" })}>
      {words.create}
    </Button>
  );
  return (
    <Page title={words.title} actions={button}>
      <ListSearch label={words.search} value={search} onChange={(text) => setFilters({ search: text })} />
      <Panel padded={false}>
        <Answer
          query={query}
          isEmpty={() => items.length === 0}
          empty={
            <EmptyState title={words.empty} action={button}>
              {words.emptyHint}
            </EmptyState>
          }
        >
          {() => (
            <DataTable
              label={words.title}
              columns={columnsOf((id) => setFilters({ edit: id }))}
              rows={shown}
              rowId={({ connectionId }) => connectionId}
              isReadingMore={query.isFetchingNextPage}
              {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
            />
          )}
        </Answer>
      </Panel>
      {filters.new !== undefined && may("can_create", "Connections") && <ConnectionDialog onClose={close} />}
      {edit !== undefined && <EditDialog connectionId={edit} onClose={close} />}
    </Page>
  );
}

/** What is changed is read anew: the list may be old. */
function EditDialog({
  connectionId,
  onClose,
}: {
  readonly connectionId: string;
  readonly onClose: () => void;
}): ReactNode {
  const connection = useCall(getConnection, { params: { connectionId } }, { staleTime: 0 });
  if (connection.data && !connection.isFetching) return <ConnectionDialog before={connection.data} onClose={onClose} />;
  return connection.error ? <Answer query={connection}>{() => null}</Answer> : null;
}

function columnsOf(onEdit: (id: string) => void): readonly Column<Connection>[] {
  const { columns } = words;
  return [
    {
      key: "id",
      header: columns.id,
      cell: ({ connectionId }) => (
        <Button variant="transparent" size="compact-sm" px={0} onClick={() => onEdit(connectionId)}>
          {connectionId}
        </Button>
      ),
    },
    { key: "type", header: columns.type, cell: ({ type }) => type },
    { key: "address", header: columns.address, cell: (connection) => addressOf(connection) },
    { key: "login", header: columns.login, isExtra: true, cell: ({ login }) => login },
    { key: "description", header: columns.description, isExtra: true, cell: ({ description }) => description },
    {
      key: "actions",
      header: "",
      width: 40,
      cell: (connection) => <RowActions connection={connection} onEdit={() => onEdit(connection.connectionId)} />,
    },
  ];
}

function addressOf({ host, port, schema }: Connection): string {
  const place = [host, port].filter((part) => part !== undefined).join(":");
  return [place, schema].filter((part) => part !== undefined && part !== "").join("/");
}

function RowActions({
  connection: { connectionId },
  onEdit,
}: {
  readonly connection: Connection;
  readonly onEdit: () => void;
}): ReactNode {
  const may = useMay();
  const test = useAct({
    run: async () => await client.call(testConnection, { body: { connectionId } }),
    changes: [],
    done: ({ ok, message }) => {
      if (!ok) notifications.show({ color: "red", title: words.testFails, message, autoClose: 10_000 });
      return ok ? `${words.testWorks}: ${message}` : undefined;
    },
  });
  const { entry: remove, question } = useDeletion({
    run: () => client.call(deleteConnection, { params: { connectionId } }),
    title: words.deleteTitle(connectionId),
    text: words.deleteText,
    done: words.deleted(connectionId),
  });
  const entries: readonly (ActionEntry | false)[] = [
    may("can_edit", "Connections") && { key: "edit", label: texts.actions.edit, icon: Pencil, onAct: onEdit },
    may("can_create", "Connections") && {
      key: "test",
      label: words.test,
      icon: PlugZap,
      onAct: () => test.mutate(undefined),
      isBusy: test.isPending,
    },
    may("can_delete", "Connections") && remove,
  ];
  return (
    <>
      <ActionMenu entries={entries.filter((entry) => entry !== false)} look="menu" label={texts.actions.more} />
      {question}
    </>
  );
}
