import { expect, test } from "vitest";
import { isJsonText, planImport, readVariables, writeVariables, type Variable } from "./variable-file.model.ts";

const aVariable = (key: string, value?: string, description: string | null = null): Variable => ({
  key,
  ...(value !== undefined && { value }),
  isSecret: value === undefined,
  description,
  updatedAt: "2026-01-01T00:00:00Z" as never,
});

test("a file has texts, JSON, and values with descriptions", () => {
  expect(readVariables('{"a":"x","b":[1],"c":{"value":2,"description":"two"},"d":{"value":1,"other":2}}')).toEqual([
    { key: "a", value: "x" },
    { key: "b", value: "[\n  1\n]" },
    { key: "c", value: "2", description: "two" },
    { key: "d", value: '{\n  "value": 1,\n  "other": 2\n}' },
  ]);
  expect([readVariables("[1]"), readVariables("{"), readVariables("null")]).toEqual([undefined, undefined, undefined]);
});

test("an import makes what is new, and replaces what differs only where it shall", () => {
  const file = ["new", "same", "other", "hidden"].map((key) => ({ key, value: "1" }));
  const present = [aVariable("same", "1"), aVariable("other", "2"), aVariable("hidden")];
  const keys = (overwrites: boolean): unknown =>
    Object.values(planImport(file, present, { overwrites })).map((list: readonly { key: string }[]) =>
      list.map(({ key }) => key),
    );
  expect(keys(true)).toEqual([["new"], ["other", "hidden"], ["same"]]);
  expect(keys(false)).toEqual([["new"], [], ["same", "other", "hidden"]]);
});

test("an export can be imported, and says how many secret ones it has not", () => {
  const { text, secret } = writeVariables([aVariable("a", "x"), aVariable("b", "y", "why"), aVariable("c")]);
  expect(secret).toBe(1);
  expect(readVariables(text)).toEqual([
    { key: "a", value: "x" },
    { key: "b", value: "y", description: "why" },
  ]);
});

test("only objects and lists are told to be JSON", () => {
  expect(["{}", " [1]", "1", '"x"', "{"].map(isJsonText)).toEqual([true, true, false, false, false]);
});
