import pc from "picocolors";
import { parse } from "yaml";
import { expect, test } from "vitest";
import type { Terminal } from "../terminal.ts";
import { printRecord, printRows, type PrintOptions, type Row } from "./print-rows.ts";

const ROWS: readonly Row[] = [
  { dag_id: "orders", state: "success", tags: ["a", "b"], end_date: null },
  { dag_id: "x", state: "failed", tags: [], end_date: "2025-10-01T00:00:00+00:00" },
];

function listening(): {
  readonly terminal: Terminal;
  readonly said: () => { readonly out: string; readonly err: string };
} {
  let out = "";
  let err = "";
  const paint = pc.createColors(false);
  const terminal = {
    paint,
    paintTalk: paint,
    print: (line: string) => (out += `${line}\n`),
    say: (line: string) => (err += `${line}\n`),
  };
  return { terminal: terminal as unknown as Terminal, said: () => ({ out, err }) };
}

function printed(
  rows: readonly Row[],
  output: PrintOptions["output"],
  columns?: string,
): { readonly out: string; readonly err: string } {
  const { terminal, said } = listening();
  printRows(terminal, rows, { output, empty: "nothing here", ...(columns !== undefined && { columns }) });
  return said();
}

test("a table has a head and aligned columns", () => {
  expect(printed(ROWS, "table").out.split("\n")).toEqual([
    "dag_id │ state   │ tags │ end_date",
    "orders │ success │ a, b │",
    "x      │ failed  │      │ 2025-10-01T00:00:00+00:00",
    "",
  ]);
});

test("plain lines can be cut at spaces: an empty cell is a dash", () => {
  expect(printed(ROWS, "plain").out.split("\n")[1]).toBe("orders  success  a, b  -");
});

test("a plain row is one line, whatever its texts have", () => {
  const rows = [{ file: "a.dag.ts", error: 'Expected ";"\n\n  > 2 | x\n' }];
  expect(printed(rows, "plain").out).toBe('file      error\na.dag.ts  Expected ";" > 2 | x\n');
});

test("JSON and YAML keep types and nulls", () => {
  expect(JSON.parse(printed(ROWS, "json").out)).toEqual(ROWS);
  expect(parse(printed(ROWS, "yaml").out)).toEqual(ROWS);
});

test("an empty list is an empty list for programs and a sentence beside the results for people", () => {
  expect(printed([], "json")).toEqual({ out: "[]\n", err: "" });
  expect(printed([], "table")).toEqual({ out: "", err: "nothing here\n" });
  expect(printed([], "plain")).toEqual({ out: "", err: "nothing here\n" });
});

test("columns are printed in the order in which they are named", () => {
  expect(JSON.parse(printed(ROWS, "json", "state, dag_id").out)).toEqual([
    { state: "success", dag_id: "orders" },
    { state: "failed", dag_id: "x" },
  ]);
  expect(printed(ROWS, "plain", "state").out).toBe("state\nsuccess\nfailed\n");
});

test.each(["stat", "", "dag_id,stat"])("columns %j are refused, naming those that there are", (columns) => {
  expect(() => printed(ROWS, "table", columns)).toThrow(
    expect.objectContaining({
      code: "BAD_ARGUMENT",
      details: { hint: expect.stringContaining("There are dag_id, state, tags, end_date.") as string },
    }),
  );
});

test("one thing is an object for programs and a line for each property for people", () => {
  const record = { dag_id: "orders", tags: ["a", "b"], params: { rows: { default: 3 } }, next_run: null };
  const asRecord = (output: PrintOptions["output"]): string => {
    const { terminal, said } = listening();
    printRecord(terminal, record, { output });
    return said().out;
  };
  expect(JSON.parse(asRecord("json"))).toEqual(record);
  expect(parse(asRecord("yaml"))).toEqual(record);
  expect(asRecord("plain").split("\n")).toEqual([
    "property  value",
    "dag_id    orders",
    "tags      a, b",
    'params    {"rows":{"default":3}}',
    "next_run  -",
    "",
  ]);
});
