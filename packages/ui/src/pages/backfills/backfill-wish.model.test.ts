import { expect, test } from "vitest";
import { readWish, type BackfillDraft } from "./backfill-wish.model.ts";

const EMPTY: BackfillDraft = {
  from: "2026-01-01T00:00:00Z",
  to: "2026-01-07T00:00:00Z",
  reprocess: "none",
  reverse: false,
  maxActiveRuns: "",
  taskIds: [],
  conf: "",
};

test("what is left empty is left to the server", () => {
  const { from, to } = EMPTY;
  expect(readWish(EMPTY)).toEqual({ kind: "wish", body: { from, to, reprocess: "none" } });
});

test("what is filled in is asked for", () => {
  const draft = { ...EMPTY, reverse: true, maxActiveRuns: "3", taskIds: ["a"], conf: '{"n":1}' };
  expect(readWish(draft)).toMatchObject({
    body: { reverse: true, maxActiveRuns: 3, taskIds: ["a"], conf: { n: 1 } },
  });
});

test.each<readonly [string, Partial<BackfillDraft>, object]>([
  ["without a date is not complete", { to: "" }, { kind: "incomplete" }],
  ["that ends before it begins is refused", { from: "2026-02-01T00:00:00Z" }, { kind: "fault", fault: "order" }],
  ["whose conf is a list is refused", { conf: "[1]" }, { kind: "fault", fault: "conf" }],
  ["whose conf is half written is refused", { conf: '{"a":' }, { kind: "fault", fault: "conf" }],
])("a range %s", (_, change, expected) => {
  expect(readWish({ ...EMPTY, ...change })).toEqual(expected);
});
