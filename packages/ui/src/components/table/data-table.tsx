import { Checkbox, Loader, Text } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { memo, useEffect, useRef, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./data-table.module.css";

/** A column of a table. */
export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** CSS width. */
  readonly width?: string | number;
  /** Numbers stand at the right, with digits of one width. */
  readonly isNumeric?: boolean;
  /** Left out on narrow screens. */
  readonly isExtra?: boolean;
  /** Offers to sort by it: `sort.key` is the column's. */
  readonly canSort?: boolean;
}

/** By which column, and which way. */
export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** Which rows are chosen, for actions on several. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

/** What a table shows. */
export interface DataTableProps<Row> {
  /** For screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  readonly selection?: Selection;
  /** Called near the end of the rows, to read more. */
  readonly onEnd?: () => void;
  readonly isReadingMore?: boolean;
  /** Height of the scrolled part in CSS; only for long lists, whose rows are then drawn as they come into sight. */
  readonly height?: string;
  /** About how high a row is, in pixels, where it is more than a line; default 37. Rows in sight are measured. */
  readonly rowHeight?: number;
  /** Columns are as wide as they say, whatever is in them; those that say nothing share the rest. For rows that come and go. */
  readonly isFixed?: boolean;
  /** Told which rows are in sight. Only for tables with a height. */
  readonly onVisible?: (first: number, last: number) => void;
}

const ROW_HEIGHT = 37;

/** A table: sortable, choosable, and as long as one likes, since only rows in sight are drawn when it has a height. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { label, columns, rows, rowId, sort, onSort, selection, onEnd, isReadingMore = false, height } = props;
  const { rowHeight = ROW_HEIGHT, isFixed = false, onVisible } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    enabled: height !== undefined,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  const shown = height === undefined ? rows.map((_, index) => index) : items.map(({ index }) => index);
  const isNearEnd = last !== undefined && last.index >= rows.length - 20;
  // Once for as many rows as there are: what could not be read is asked for again when somebody comes to the end again.
  const askedAt = useRef<number>(undefined);
  useEffect(() => {
    if (!isNearEnd) askedAt.current = undefined;
    else if (!isReadingMore && askedAt.current !== rows.length) {
      askedAt.current = rows.length;
      onEnd?.();
    }
  }, [isNearEnd, isReadingMore, onEnd, rows.length]);
  const [firstIndex, lastIndex] = [first?.index, last?.index];
  useEffect(() => {
    if (firstIndex !== undefined && lastIndex !== undefined) onVisible?.(firstIndex, lastIndex);
  }, [firstIndex, lastIndex, onVisible]);
  const span = columns.length + (selection ? 1 : 0);
  return (
    <div
      ref={scroller}
      className={classes["scroller"]}
      style={{ maxHeight: height }}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table
        className={classes["table"]}
        data-fixed={isFixed || undefined}
        aria-rowcount={height === undefined ? undefined : rows.length + 1}
      >
        <Head columns={columns} rows={rows} rowId={rowId} sort={sort} onSort={onSort} selection={selection} />
        <tbody>
          {first && first.start > 0 && <Gap span={span} height={first.start} />}
          {shown.map((index) => {
            const row = rows[index];
            return row === undefined ? null : (
              <BodyRow
                key={rowId(row)}
                id={rowId(row)}
                row={row}
                index={index}
                measure={height === undefined ? undefined : virtual.measureElement}
                columns={columns}
                selection={selection}
              />
            );
          })}
          {last && <Gap span={span} height={virtual.getTotalSize() - last.end} />}
        </tbody>
      </table>
      {onEnd && height === undefined && !isReadingMore && (
        <button type="button" className={classes["more"]} onClick={onEnd}>
          {texts.table.more}
        </button>
      )}
      {isReadingMore && (
        <Text ta="center" p="xs" component="div">
          <Loader size="xs" aria-label={texts.loading} />
        </Text>
      )}
    </div>
  );
}

function Gap({ span, height }: { readonly span: number; readonly height: number }): ReactNode {
  return height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

type HeadProps<Row> = Pick<DataTableProps<Row>, "columns" | "rows" | "rowId" | "sort" | "onSort" | "selection">;

function Head<Row>({ columns, rows, rowId, sort, onSort, selection }: HeadProps<Row>): ReactNode {
  const isAll = selection !== undefined && rows.length > 0 && rows.every((row) => selection.ids.has(rowId(row)));
  return (
    <thead>
      <tr>
        {selection && (
          <th className={classes["check"]}>
            <Checkbox
              size="xs"
              aria-label={texts.table.chooseAll}
              checked={isAll}
              indeterminate={!isAll && selection.ids.size > 0}
              onChange={() => selection.onChange(isAll ? new Set() : new Set(rows.map(rowId)))}
            />
          </th>
        )}
        {columns.map((column) => {
          const direction = sort?.key === column.key ? (sort.descending ? "descending" : "ascending") : undefined;
          return (
            <th
              key={column.key}
              style={{ width: column.width }}
              data-numeric={column.isNumeric || undefined}
              data-extra={column.isExtra || undefined}
              aria-sort={column.canSort ? (direction ?? "none") : undefined}
            >
              {column.canSort && onSort ? (
                <button
                  type="button"
                  className={classes["sort"]}
                  onClick={() => onSort({ key: column.key, descending: direction === "ascending" })}
                >
                  {column.header}
                  <SortIcon direction={direction} />
                </button>
              ) : (
                column.header
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function SortIcon({ direction }: { readonly direction: "ascending" | "descending" | undefined }): ReactNode {
  if (direction === undefined) return <ChevronsUpDown size={13} aria-hidden />;
  return direction === "ascending" ? <ArrowUp size={13} aria-hidden /> : <ArrowDown size={13} aria-hidden />;
}

interface BodyRowProps<Row> extends Pick<DataTableProps<Row>, "columns" | "selection"> {
  readonly row: Row;
  readonly id: string;
  readonly index: number;
  readonly measure: ((element: HTMLTableRowElement | null) => void) | undefined;
}

function PlainBodyRow<Row>({ row, id, index, measure, columns, selection }: BodyRowProps<Row>): ReactNode {
  const isChosen = selection?.ids.has(id) ?? false;
  const toggle = (): void => {
    if (!selection) return;
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.onChange(ids);
  };
  return (
    <tr ref={measure} data-index={index} data-chosen={isChosen || undefined} aria-rowindex={index + 2}>
      {selection && (
        <td className={classes["check"]}>
          <Checkbox size="xs" aria-label={`${texts.table.choose} ${id}`} checked={isChosen} onChange={toggle} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} data-numeric={column.isNumeric || undefined} data-extra={column.isExtra || undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Scrolling draws only the rows that come into sight: the others are as they were. */
const BodyRow = memo(PlainBodyRow) as typeof PlainBodyRow;
