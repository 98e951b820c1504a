import type { FoundFile } from "@millrace/core";
import pc from "picocolors";
import { expect, test } from "vitest";
import { FileNews } from "./file-news.ts";
import type { Terminal } from "./terminal.ts";

const aFile = (name: string, ...dagIds: readonly string[]): FoundFile =>
  ({ file: `/p/dags/${name}`, dags: dagIds.map((dagId) => ({ dagId })), errors: [] }) as unknown as FoundFile;
const aBrokenFile = (name: string): FoundFile => ({
  ...aFile(name),
  errors: [{ file: `/p/dags/${name}`, message: "no", line: 3 }],
});

const saves = (files: readonly FoundFile[]) =>
  files.flatMap(({ dags }) => dags.map(({ dagId }) => ({ dagId, version: 1, isNew: false })));

/** What is told of `changes` after `first` was there at the start; no DAG gets another version. */
function told(first: readonly FoundFile[], ...changes: readonly (readonly FoundFile[])[]): readonly string[] {
  const lines: string[] = [];
  const terminal = { paint: pc.createColors(false), print: (line: string) => lines.push(line) } as unknown as Terminal;
  const news = new FileNews(terminal, "/p");
  news.note(first, saves(first));
  news.begin();
  for (const files of changes) news.note(files, saves(files));
  return lines;
}

test("what was there at the start is not told", () => {
  expect(told([aFile("a.dag.ts", "a"), aBrokenFile("b.dag.ts")])).toEqual([]);
});

test("a file that is broken and then mended is told twice, and costs no DAG", () => {
  expect(told([aFile("a.dag.ts", "a")], [aBrokenFile("a.dag.ts")], [aFile("a.dag.ts", "a")])).toEqual([
    "import error dags/a.dag.ts:3: no",
    "file dags/a.dag.ts can be loaded again",
  ]);
});

test("a file that is gone is told with the DAGs that it takes along", () => {
  expect(told([aFile("a.dag.ts", "a", "b")], [aFile("a.dag.ts")])).toEqual([
    "file dags/a.dag.ts is gone; no new runs of a, b",
  ]);
});

test("a file that was moved takes no DAG along", () => {
  expect(told([aFile("a.dag.ts", "a")], [aFile("a.dag.ts"), aFile("z.dag.ts", "a")])).toEqual([
    "file dags/a.dag.ts is gone",
  ]);
});

test("a file that comes back is told", () => {
  expect(told([aFile("a.dag.ts", "a")], [aFile("a.dag.ts")], [aFile("a.dag.ts", "a")])).toEqual([
    "file dags/a.dag.ts is gone; no new runs of a",
    "dag a is back, still version 1",
  ]);
});

test("a DAG that a file no longer exports is told", () => {
  expect(told([aFile("a.dag.ts", "a", "b")], [aFile("a.dag.ts", "b")])).toEqual([
    "file dags/a.dag.ts has changed; no new runs of a",
  ]);
});
