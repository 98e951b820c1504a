import { expect, test } from "vitest";
import { diffRows } from "./diff-rows.model.ts";

const text = (...lines: string[]): string => lines.join("\n");

test("a line that was replaced stands beside the one before it, and numbers go on on both sides", () => {
  const rows = diffRows(text("a", "b", "c"), text("a", "x", "y", "c"), { whole: true });
  expect(rows).toEqual([
    { kind: "same", before: { number: 1, text: "a" }, after: { number: 1, text: "a" } },
    { kind: "changed", before: { number: 2, text: "b" }, after: { number: 2, text: "x" } },
    { kind: "changed", after: { number: 3, text: "y" } },
    { kind: "same", before: { number: 3, text: "c" }, after: { number: 4, text: "c" } },
  ]);
});

test("lines that were only taken away, or only added at the end, stand alone", () => {
  expect(diffRows(text("a", "b"), text("b"), { whole: true })[0]).toEqual({
    kind: "changed",
    before: { number: 1, text: "a" },
  });
  expect(diffRows(text("a"), text("a", "b"), { whole: true }).at(-1)).toEqual({
    kind: "changed",
    after: { number: 2, text: "b" },
  });
});

test("long parts that are the same are left out, with three lines around each change", () => {
  const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`);
  const changed = lines.with(20, "other");
  const rows = diffRows(text(...lines), text(...changed), { whole: false });
  expect(rows.map(({ kind }) => kind)).toEqual([
    "gap",
    ...Array<string>(3).fill("same"),
    "changed",
    ...Array<string>(3).fill("same"),
    "gap",
  ]);
  expect(rows[0]).toMatchObject({ lines: 17 });
  expect(rows.at(-1)).toMatchObject({ lines: 16 });
});
