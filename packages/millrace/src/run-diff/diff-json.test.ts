import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffJson, type Json } from "./diff-json.ts";

describe("two values", () => {
  test("differ at the deepest places, with what each side has", () => {
    const a = { rows: [{ price: 1 }, { price: 2 }], "odd key": true, gone: null };
    const b = { rows: [{ price: 1 }, { price: 3 }, { price: 4 }], "odd key": false };
    expect(diffJson(a, b, 10)).toEqual({
      differences: [
        { path: "$.rows[1].price", a: 2, b: 3 },
        { path: "$.rows[2]", b: { price: 4 } },
        { path: '$["odd key"]', a: true, b: false },
        { path: "$.gone", a: null },
      ],
      more: 0,
    });
  });

  test("of another kind differ as a whole", () => {
    expect(diffJson([], {}, 10).differences).toEqual([{ path: "$", a: [], b: {} }]);
    expect(diffJson(undefined, null, 10).differences).toEqual([{ path: "$", b: null }]);
  });

  test("are named up to the limit and counted beyond it", () => {
    expect(diffJson([1, 2, 3], [4, 5, 6], 2)).toMatchObject({
      differences: [{ path: "$[0]" }, { path: "$[1]" }],
      more: 1,
    });
  });

  test("may be nested deeper than calls may be", () => {
    let [a, b]: Json[] = [1, 2];
    for (let depth = 0; depth < 50_000; depth += 1) [a, b] = [[a], [b]];
    expect(diffJson(a, b, 1).differences).toHaveLength(1);
  });

  test("keys of Object.prototype are keys like others", () => {
    const named = JSON.parse('{"__proto__": 1, "toString": 2}') as Json;
    expect(diffJson({}, named, 10).differences.map(({ path }) => path)).toEqual(["$.__proto__", "$.toString"]);
  });

  test("never differ from themselves, nor from what is the same in another order", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(diffJson(value as Json, turned as Json, 5)).toEqual({ differences: [], more: 0 });
      }),
    );
  });
});
