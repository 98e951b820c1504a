import { expect, test } from "vitest";
import { applyMask } from "./update-mask.ts";
import { readFields } from "./fields.ts";
import { compareBy, readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { timeDelta } from "./time-delta.ts";

test("a page has 100 items unless somebody says otherwise, and never more than the maximum", () => {
  expect(readPage({}, 1_000)).toEqual({ limit: 100, offset: 0 });
  expect(readPage({ limit: 0, offset: 7 }, 1_000)).toEqual({ limit: 100, offset: 7 });
  expect(readPage({ limit: 5_000 }, 150).limit).toBe(150);
  expect(readPage({}, 20).limit).toBe(20);
  expect(readPage({ limit: 5_000 }, Infinity).limit).toBe(5_000);
});

test("negative limits and offsets are refused", () => {
  expect(() => readPage({ limit: -1 }, 100)).toThrow(
    expect.objectContaining({ status: 400, title: "Page limit must be a positive integer", detail: null }),
  );
  expect(() => readPage({ offset: -1 }, 100)).toThrow(
    expect.objectContaining({ status: 400, detail: "-1 is less than the minimum of 0 - 'offset'" }),
  );
});

test("lists are ordered by allowed fields only, downward with a minus", () => {
  expect(readOrder("-name", ["id", "name"], "id")).toEqual({ field: "name", descending: true });
  expect(readOrder(undefined, ["id", "name"], "id")).toEqual({ field: "id", descending: false });
  expect(() => readOrder("-conf", ["id", "name"], "id")).toThrow(
    expect.objectContaining({
      status: 400,
      detail: "Ordering with 'conf' is disallowed or the attribute does not exist on the model",
    }),
  );
});

test("what has no value comes first, texts come by code point", () => {
  const sorted = (descending: boolean): (string | undefined)[] =>
    [{ n: "a" }, {}, { n: "B" }]
      .sort(compareBy((item: { readonly n?: string }) => item.n, { descending }))
      .map(({ n }) => n);
  expect(sorted(false)).toEqual([undefined, "B", "a"]);
  expect(sorted(true)).toEqual(["a", "B", undefined]);
});

test("a mask changes the named fields alone, with spaces trimmed", () => {
  const body = { slots: 3, note: "x", name: "n" };
  expect(applyMask(body, ["slots", " note "], { allowed: ["slots", "note"] })).toEqual({ slots: 3, note: "x" });
  expect(applyMask(body, undefined, { allowed: ["slots"] })).toBe(body);
  expect(() => applyMask(body, ["name"], { allowed: ["slots"] })).toThrow("'name' is unknown or cannot be updated.");
  expect(() => applyMask<{ slots?: number }>({}, ["slots"], { allowed: ["slots"] })).toThrow(
    "'slots' is unknown or cannot be updated.",
  );
});

test("partial answers have exactly the wanted fields", () => {
  const options = { known: ["a", "b"], schema: "DAGSchema", title: "DAGSchema init error" };
  expect(readFields(["b"], options)({ a: 1, b: 2 })).toEqual({ b: 2 });
  expect(readFields(undefined, options)({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
  expect(() => readFields(["caw"], options)).toThrow(
    expect.objectContaining({
      status: 400,
      title: "DAGSchema init error",
      detail: "Invalid fields for <DAGSchema(many=False)>: {'caw'}.",
    }),
  );
});

test("lengths of time are days, seconds and microseconds as in Python", () => {
  expect(timeDelta(300_000_000)).toEqual({ __type: "TimeDelta", days: 0, seconds: 300, microseconds: 0 });
  expect(timeDelta(90_000_000_001)).toEqual({ __type: "TimeDelta", days: 1, seconds: 3_600, microseconds: 1 });
  expect(timeDelta(-1)).toEqual({ __type: "TimeDelta", days: -1, seconds: 86_399, microseconds: 999_999 });
});
