import { expect, test } from "vitest";
import { readRunNames } from "./find-named-run.ts";

test.each([
  [["orders/latest~1", "latest"], undefined, ["orders latest~1", "orders latest"]],
  [["latest", "prices/manual__1/2"], undefined, ["prices latest", "prices manual__1/2"]],
  [["a/x", "b/y"], undefined, ["a x", "b y"]],
  [["my/key", "orders/latest"], "orders", ["orders my/key", "orders latest"]],
])("%j of %s", (names, dagId, expected) => {
  expect(readRunNames(names, dagId).map(({ dagId: of, run }) => `${of} ${run}`)).toEqual(expected);
});

test.each([[["latest", "x"]], [["/latest", "latest"]]])("%j names no DAG", (names) => {
  expect(() => readRunNames(names, undefined)).toThrow(/of which DAG/);
});
