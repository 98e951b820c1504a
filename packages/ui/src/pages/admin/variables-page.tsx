import { deleteVariable, listVariables } from "@millrace/api";
import { Button, Code, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Download, Lock, Pencil, Plus, Upload } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useDeletion } from "../../components/actions/use-deletion.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { saveFile } from "../../components/save-file.ts";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { client } from "../../server/client.ts";
import { useEndlessList } from "../../server/queries.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { hasText } from "./has-text.model.ts";
import { ListSearch } from "./list-search.tsx";
import { ImportDialog } from "./variables/import-dialog.tsx";
import { readAllVariables } from "./variables/read-all-variables.ts";
import { putBack, VariableDialog } from "./variables/variable-dialog.tsx";
import { writeVariables, type Variable } from "./variables/variable-file.model.ts";

const words = texts.admin.variables;

/** Variables of the database: listed, searched, made, changed, deleted, and taken from and to files. */
export function VariablesPage(): ReactNode {
  const [filters, setFilters] = useFilters<"search">();
  const [open, setOpen] = useState<Variable | "new">();
  const { items, query } = useEndlessList(listVariables, { query: { limit: 1_000 } });
  const { search = "" } = filters;
  const shown = items.filter(({ key, value, description }) => hasText([key, value, description], search));
  const may = useMay();
  const create = may("can_create", "Variables") && (
    <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setOpen("new")}>
      {words.create}
    </Button>
  );
  return (
    <Page
      title={words.title}
      actions={
        <>
          <FileButtons />
          {create}
        </>
      }
    >
      <ListSearch label={words.search} value={search} onChange={(text) => setFilters({ search: text })} />
      <Panel padded={false}>
        <Answer
          query={query}
          isEmpty={() => items.length === 0}
          empty={
            <EmptyState title={words.empty} action={create}>
              {words.emptyHint}
            </EmptyState>
          }
        >
          {() => (
            <DataTable
              label={words.title}
              columns={columnsOf(setOpen)}
              rows={shown}
              rowId={({ key }) => key}
              isReadingMore={query.isFetchingNextPage}
              {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
              {...(shown.length > 100 && { height: "calc(100vh - 190px)" })}
            />
          )}
        </Answer>
      </Panel>
      {open !== undefined && (
        <VariableDialog onClose={() => setOpen(undefined)} {...(open !== "new" && { before: open })} />
      )}
    </Page>
  );
}

/** Both look at all variables, also at those that the list has not shown yet. */
function FileButtons(): ReactNode {
  const may = useMay();
  const [present, setPresent] = useState<readonly Variable[]>();
  const exportAll = useAct({
    run: async () => {
      const all = await readAllVariables();
      const { text, secret } = writeVariables(all);
      saveFile("variables.json", new Blob([text], { type: "application/json" }));
      notifications.show({ color: "teal", message: words.exported(all.length - secret, secret) });
    },
    changes: [],
  });
  const importAll = useAct({ run: async () => setPresent(await readAllVariables()), changes: [] });
  return (
    <Group gap="xs">
      {may("can_create", "Variables") && may("can_edit", "Variables") && (
        <Button
          size="xs"
          variant="default"
          leftSection={<Upload size={14} />}
          loading={importAll.isPending}
          onClick={() => importAll.mutate(undefined)}
        >
          {words.import}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<Download size={14} />}
        loading={exportAll.isPending}
        onClick={() => exportAll.mutate(undefined)}
      >
        {words.export}
      </Button>
      {present && <ImportDialog present={present} onClose={() => setPresent(undefined)} />}
    </Group>
  );
}

function columnsOf(onEdit: (variable: Variable) => void): readonly Column<Variable>[] {
  const { columns } = words;
  return [
    {
      key: "key",
      header: columns.key,
      cell: (variable) => (
        <Button variant="transparent" size="compact-sm" px={0} onClick={() => onEdit(variable)}>
          {variable.key}
        </Button>
      ),
    },
    { key: "value", header: columns.value, cell: (variable) => <ValueCell variable={variable} /> },
    { key: "description", header: columns.description, isExtra: true, cell: ({ description }) => description },
    {
      key: "changed",
      header: columns.changed,
      isExtra: true,
      cell: ({ updatedAt }) => <DistanceText at={updatedAt} />,
    },
    {
      key: "actions",
      header: "",
      width: 40,
      cell: (variable) => <RowActions variable={variable} onEdit={() => onEdit(variable)} />,
    },
  ];
}

function ValueCell({ variable: { value } }: { readonly variable: Variable }): ReactNode {
  if (value === undefined) {
    return (
      <Group gap={4}>
        <Lock size={13} aria-hidden />
        <Text span size="sm" c="var(--text-dim)">
          {words.hidden}
        </Text>
      </Group>
    );
  }
  return (
    <Code
      style={{ display: "block", maxWidth: 460, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}
    >
      {value.slice(0, 300)}
    </Code>
  );
}

function RowActions({ variable, onEdit }: { readonly variable: Variable; readonly onEdit: () => void }): ReactNode {
  const may = useMay();
  const { key, value } = variable;
  const { entry: remove, question } = useDeletion({
    run: () => client.call(deleteVariable, { params: { key } }),
    title: words.deleteTitle(key),
    text: words.deleteText,
    done: words.deleted(key),
    undo: value === undefined ? undefined : () => putBack(variable),
    // What can be taken back is not asked for.
    asks: value === undefined,
  });
  const entries: readonly (ActionEntry | false)[] = [
    may("can_edit", "Variables") && { key: "edit", label: texts.actions.edit, icon: Pencil, onAct: onEdit },
    may("can_delete", "Variables") && remove,
  ];
  return (
    <>
      <ActionMenu entries={entries.filter((entry) => entry !== false)} look="menu" label={texts.actions.more} />
      {question}
    </>
  );
}
