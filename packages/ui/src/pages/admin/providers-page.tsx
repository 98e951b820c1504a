import { listProviders, type AnswerOf } from "@millrace/api";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import type { ConnectionType } from "./connections/connection-draft.model.ts";
import { useConnectionTypes } from "./connections/use-connection-types.ts";

const words = texts.admin.providers;
type Provider = AnswerOf<typeof listProviders>["items"][number];

const COLUMNS: readonly Column<Provider>[] = [
  { key: "name", header: words.columns.name, cell: ({ packageName }) => packageName },
  { key: "version", header: words.columns.version, cell: ({ version }) => version },
  { key: "description", header: words.columns.description, cell: ({ description, fault }) => fault ?? description },
  {
    key: "operators",
    header: words.columns.operators,
    cell: ({ provider }) =>
      [...(provider?.operators ?? []), ...(provider?.parts ?? [])].map(({ name }) => name).join(", "),
  },
];

const TYPE_COLUMNS: readonly Column<ConnectionType>[] = [
  { key: "label", header: words.typeColumns.label, cell: ({ label }) => label },
  { key: "type", header: words.typeColumns.type, cell: ({ type, aliases }) => [type, ...aliases].join(", ") },
  {
    key: "test",
    header: words.typeColumns.test,
    cell: ({ canTest }) => canTest && <Check size={15} role="img" aria-label={words.canTest} />,
  },
];

/** Packages that bring operators and types of connections. */
export function ProvidersPage(): ReactNode {
  const may = useMay();
  const providers = useCall(listProviders, {});
  return (
    <Page title={words.title} subtitle={words.explain}>
      <Panel padded={false}>
        <Answer
          query={providers}
          isEmpty={(answer) => answer.items.length === 0}
          empty={<EmptyState title={words.empty} />}
        >
          {(answer) => (
            <DataTable
              label={words.title}
              columns={COLUMNS}
              rows={answer.items}
              rowId={({ packageName }) => packageName}
            />
          )}
        </Answer>
      </Panel>
      {may("can_read", "Connections") && <Types />}
    </Page>
  );
}

function Types(): ReactNode {
  const types = useConnectionTypes();
  return (
    <Panel title={words.types} padded={false}>
      <Answer query={types}>
        {({ items }) => (
          <DataTable label={words.types} columns={TYPE_COLUMNS} rows={items} rowId={({ type }) => type} />
        )}
      </Answer>
    </Panel>
  );
}
