import { join } from "node:path";
import { readDatabaseSize, type DagSize, type TableSize } from "@millrace/store";
import type { Command } from "commander";
import { readFolderSize } from "../folder-size.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withPool } from "../open-pool.ts";
import { printRows, type Row } from "../output/print-rows.ts";
import { showBytes } from "../output/show-bytes.ts";

/** Of the data folder, beside the embedded database: what runs leave there, and what is kept to begin faster. */
const FOLDERS = ["logs", "blobs", "archives", "bundles", "dag-files", "code-cache"] as const;

/** `millrace db size`: what takes how much room. */
export function makeDbSize(shell: Shell): Command {
  return addRowsOptions(
    makeCommand("size", "show how large tables, logs and results are, and how many runs each DAG has"),
  ).action(
    action(shell, async (context, _args: [], options: RowsOptions) => {
      const { tables, dags } = await withPool(context, readDatabaseSize);
      const { dataFolder } = context.config.core;
      const folders = await Promise.all(
        FOLDERS.map(async (name) => ({ name, ...(await readFolderSize(join(dataFolder, name))) })),
      );
      const show = options.output === "table" || options.output === "plain" ? showBytes : (bytes: number) => bytes;
      const rows = [
        ...tables.map((table) => tableRow(table, show)),
        totalRow(tables, show),
        ...folders.map(({ name, files, bytes }) => ({
          ...NOTHING,
          kind: "folder",
          name,
          rows: files,
          size: show(bytes),
        })),
        ...dags.map(dagRow),
      ];
      printRows(context.terminal, rows, { ...options, empty: "There is nothing." });
    }),
  );
}

type Show = (bytes: number) => string | number;

const NOTHING = { kind: "", name: "", rows: 0, size: null, heap: null, indexes: null, toast: null, partitions: null };

function tableRow({ name, rows, heapBytes, indexBytes, toastBytes, partitions }: TableSize, show: Show): Row {
  return {
    kind: "table",
    name,
    rows,
    size: show(heapBytes + indexBytes + toastBytes),
    heap: show(heapBytes),
    indexes: show(indexBytes),
    toast: show(toastBytes),
    partitions,
  };
}

function totalRow(tables: readonly TableSize[], show: Show): Row {
  const sum = (pick: (table: TableSize) => number): number => tables.reduce((all, table) => all + pick(table), 0);
  return {
    ...tableRow(
      {
        name: "all tables",
        rows: sum(({ rows }) => rows),
        heapBytes: sum(({ heapBytes }) => heapBytes),
        indexBytes: sum(({ indexBytes }) => indexBytes),
        toastBytes: sum(({ toastBytes }) => toastBytes),
        partitions: sum(({ partitions }) => partitions),
      },
      show,
    ),
    kind: "total",
  };
}

/** The rows of a DAG are its runs. */
function dagRow({ dagId, runs }: DagSize): Row {
  return { ...NOTHING, kind: "dag", name: dagId, rows: runs };
}
