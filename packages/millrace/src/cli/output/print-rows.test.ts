import pc from "picocolors";
import { parse } from "yaml";
import { expect, test } from "vitest";
import type { Terminal } from "../terminal.ts";
import { printRows, type OutputFormat, type Row } from "./print-rows.ts";

const ROWS: readonly Row[] = [
  { dag_id: "orders", state: "success", tags: ["a", "b"], end_date: null },
  { dag_id: "x", state: "failed", tags: [], end_date: "2025-10-01T00:00:00+00:00" },
];

function printed(rows: readonly Row[], output: OutputFormat): { readonly out: string; readonly err: string } {
  let out = "";
  let err = "";
  const paint = pc.createColors(false);
  const terminal = {
    paint,
    paintTalk: paint,
    print: (line: string) => (out += `${line}\n`),
    say: (line: string) => (err += `${line}\n`),
  };
  printRows(terminal as unknown as Terminal, rows, { output, empty: "nothing here" });
  return { out, err };
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
