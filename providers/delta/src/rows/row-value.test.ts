import { expect, test } from "vitest";
import { partitionValue, rowValue } from "./row-value.ts";

test("decimals keep all digits, from integers and from bytes", () => {
  expect(rowValue(-5, "decimal(9,2)")).toBe("-0.05");
  expect(rowValue(123n, "decimal(18,0)")).toBe("123");
  expect(rowValue(new Uint8Array([0xff, 0xff, 0x85]), "decimal(38,3)")).toBe("-0.123");
  expect(rowValue(2n ** 62n, "decimal(20,4)")).toBe("461168601842738.7904");
});

test("64-bit integers are numbers as long as those are exact", () => {
  expect([rowValue(7n, "long"), rowValue(2n ** 60n, "long")]).toEqual([7, 2n ** 60n]);
});

test("values inside lists, maps and structs are read as those outside", () => {
  const inner = { type: "struct", fields: [{ name: "n", type: "long" }] } as const;
  expect(rowValue([{ n: 1n }, null, {}], { type: "array", elementType: inner })).toEqual([{ n: 1 }, null, { n: null }]);
  expect(rowValue({ k: 1n }, { type: "map", keyType: "string", valueType: "long" })).toEqual({ k: 1 });
});

test.each([
  ["7", "integer", 7],
  ["9007199254740993", "long", 9_007_199_254_740_993n],
  ["true", "boolean", true],
  ["2025-10-01", "date", "2025-10-01"],
  ["2025-10-01 10:20:30", "timestamp", "2025-10-01T10:20:30.000000Z"],
  ["2025-10-01T10:20:30.5Z", "timestamp_ntz", "2025-10-01T10:20:30.500000"],
  ["", "string", null],
  [null, "string", null],
])("the text %s of a partition of %s", (text, type, value) => {
  expect(partitionValue(text, type)).toEqual(value);
});
