import { Group } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { EmptyState } from "../../../components/answer.tsx";
import { DataTable, type Column } from "../../../components/table/data-table.tsx";
import { TimeText } from "../../../components/time-text.tsx";
import { formatDuration } from "../../../time/format-time.model.ts";
import { texts } from "../../../texts/index.ts";
import { CellMark } from "./judgement-mark.tsx";
import { PanelLink } from "./panel-link.tsx";
import { formatAmount, type PanelOf } from "./panel.model.ts";
import classes from "./panels.module.css";

type TableColumn = PanelOf<"table">["columns"][number];
type Cells = PanelOf<"table">["rows"][number];
type Row = { readonly place: number; readonly cells: Cells };

/** Longer texts may be cut off. */
const LONG_TEXT = 200;
/** More rows than this scroll within their panel. */
const SHOWN_WHOLE = 25;

/** Rows and columns. */
export function TablePanel({ panel }: { readonly panel: PanelOf<"table"> }): ReactNode {
  const { title, rows, empty } = panel;
  const columns = useMemo(() => panel.columns.map(columnOf), [panel.columns]);
  if (rows.length === 0) return <EmptyState title={empty ?? texts.empty.nothing} />;
  return (
    <DataTable
      label={title}
      columns={columns}
      rows={rows.map((cells, place): Row => ({ place, cells }))}
      rowId={({ place }) => String(place)}
      {...(rows.length > SHOWN_WHOLE && { height: "32rem" })}
    />
  );
}

function columnOf(column: TableColumn): Column<Row> {
  return {
    key: column.key,
    header: column.title,
    isNumeric: column.as === "number" || column.as === "duration",
    cell: ({ cells }) => <Cell cell={cells[column.key]} as={column.as} />,
  };
}

function Cell({
  cell,
  as,
}: {
  readonly cell: Cells[string] | undefined;
  readonly as: TableColumn["as"] | undefined;
}): ReactNode {
  if (typeof cell !== "object" || cell === null) return <Value value={cell ?? null} as={as} />;
  const { value, state, link } = cell;
  return (
    <Group gap={6} wrap="nowrap" component="span">
      {state !== undefined && <CellMark state={state} />}
      <PanelLink link={link}>
        <Value value={value} as={as} />
      </PanelLink>
    </Group>
  );
}

function Value({
  value,
  as = "text",
}: {
  readonly value: string | number | boolean | null;
  readonly as: TableColumn["as"] | undefined;
}): ReactNode {
  if (value === null) return "–";
  if (as === "time" && typeof value === "string" && !Number.isNaN(Date.parse(value))) return <TimeText at={value} />;
  if (as === "duration" && typeof value === "number") return formatDuration(value);
  if (typeof value === "number") return formatAmount(value);
  if (typeof value === "boolean") return value ? texts.pages.yes : texts.pages.no;
  return (
    <span className={classes["word"]} title={value.length > LONG_TEXT ? value : undefined}>
      {value}
    </span>
  );
}
