import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { MillraceError } from "../errors.ts";
import { decodeValue } from "./decode-value.ts";
import { encodeValue } from "./encode-value.ts";
import { Secret } from "./secret.ts";

const roundTrip = (value: unknown): unknown => decodeValue(encodeValue(value));

describe("any value", () => {
  const leaf = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, "\0", "\ud800", "__proto__"),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.webUrl().map((url) => new URL(url)),
    fc.constantFrom(/a\/b/gi, /[/]/u),
  );
  const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "each", "at", "kind"));
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small", maxDepth: 4 },
      leaf,
      fc.array(tie("value")),
      fc
        .uniqueArray(fc.tuple(key, tie("value")), { selector: ([k]) => k })
        .map((entries) => Object.fromEntries(entries)),
      fc.uniqueArray(fc.tuple(key, tie("value")), { selector: ([k]) => k }).map((entries) => new Map(entries)),
      fc.array(leaf).map((items) => new Set(items)),
    ),
  })).value;

  test("comes back equal, and its json half is plain JSON", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const encoded = encodeValue(value);
        JSON.parse(encoded.json);
        // Vitest's own equality asks objects for a key named "constructor".
        expect(isDeepStrictEqual(decodeValue(encoded), value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("in JSON alone needs no notes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        if (JSON.stringify(value).includes("-0")) return;
        const encoded = encodeValue(value);
        expect(Object.is(JSON.stringify(JSON.parse(encoded.json)), JSON.stringify(value))).toBe(true);
      }),
    );
    expect(encodeValue({ a: [1, "x", null, true] })).toEqual({ json: '{"a":[1,"x",null,true]}' });
  });
});

describe("the json half", () => {
  test("shows rich values as a reader of SQL expects them", () => {
    const at = new Date(Date.UTC(2026, 0, 2));
    const { json } = encodeValue({
      at,
      n: 12n,
      m: new Map([["k", 1]]),
      s: new Set([1]),
      u: undefined,
      x: Number.NaN,
      b: Uint8Array.of(1, 2),
    });
    expect(JSON.parse(json)).toEqual({
      at: "2026-01-02T00:00:00.000Z",
      n: "12",
      m: [["k", 1]],
      s: [1],
      u: null,
      x: "NaN",
      b: "AQI=",
    });
  });

  test("has no raw NUL and no lone surrogate", () => {
    const { json } = encodeValue("a\0b\ud800");
    expect(json).toBe('"a\\u0000b\\ud800"');
  });

  test("carries one note for rows of one shape", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ id: i, at: new Date(i) }));
    expect(encodeValue(rows).meta).toBe('{"each":{"at":[["at","Date"]]}}');
    expect(roundTrip(rows)).toStrictEqual(rows);
  });
});

describe("special values", () => {
  test.each([
    Temporal.Instant.from("2026-01-01T00:00:00.123456789Z"),
    Temporal.ZonedDateTime.from("2026-01-01T00:00[Europe/Berlin]"),
    Temporal.PlainDate.from("2026-02-03"),
    Temporal.Duration.from("P1DT2H"),
  ])("%s of Temporal comes back as its own type", (value) => {
    const back = roundTrip({ value }) as { value: { toString(): string } };
    expect(Object.prototype.toString.call(back.value)).toBe(Object.prototype.toString.call(value));
    expect(back.value.toString()).toBe(value.toString());
  });

  test("typed arrays and buffers keep their elements", () => {
    for (const value of [
      Float64Array.of(1.5, -0),
      BigInt64Array.of(-1n),
      new Int16Array(new ArrayBuffer(8), 2, 2),
      Uint8Array.of(9).buffer,
    ]) {
      expect(roundTrip([value])).toStrictEqual([value]);
    }
    expect(roundTrip(Buffer.from("ab"))).toStrictEqual(Uint8Array.of(97, 98));
  });

  test("an object referred to twice is stored twice", () => {
    const shared = { at: new Date(1) };
    expect(roundTrip({ a: shared, b: [shared, shared] })).toStrictEqual({ a: shared, b: [shared, shared] });
  });

  test("an instance of a class without methods is data", () => {
    class Row {
      readonly id = 1;
    }
    expect(roundTrip({ row: new Row(), bare: Object.assign(Object.create(null), { x: 1 }) })).toEqual({
      row: { id: 1 },
      bare: { x: 1 },
    });
  });

  test("a stored key named __proto__ changes no prototype", () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"at":null}') as Record<string, unknown>;
    value["at"] = new Date(1);
    const back = roundTrip(value) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(["__proto__", "at"]);
  });
});

describe("what cannot be stored is refused with its path", () => {
  const refusal = (value: unknown): string => {
    try {
      encodeValue(value);
    } catch (error) {
      expect(error).toBeInstanceOf(MillraceError);
      expect((error as MillraceError).code).toBe("NOT_STORABLE");
      return (error as MillraceError).message;
    }
    throw new Error("was stored");
  };
  class Client {
    send(): void {}
  }

  test.each<[unknown, string]>([
    [{ rows: [1, 2, 3, { callback: () => 1 }] }, "result.rows[3].callback is a function"],
    [Symbol("s"), "result is a symbol"],
    [{ "a b": new Client() }, 'result["a b"] is an instance of Client; return plain data made from it'],
    [[Promise.resolve()], "result[0] is a promise; await it before returning it"],
    [{ e: new TypeError("x") }, "result.e is an error (TypeError); return its message, or throw it"],
    [new Map([["k", new Client()]]), "result[0][1] is an instance of Client; return plain data made from it"],
    [{ key: new Secret("s3cret") }, "result.key is a secret; store the id of its connection or variable"],
    [{ [Symbol("k")]: 1 }, "result has the key Symbol(k); only text can be a key"],
    [new WeakMap(), "result is an instance of WeakMap; return plain data made from it"],
    [new ReadableStream(), "result is an instance of ReadableStream; return plain data made from it"],
  ])("%#: %s", (value, message) => {
    expect(refusal(value)).toBe(message);
  });

  test("a cycle", () => {
    const value: Record<string, unknown> = { list: [] };
    (value["list"] as unknown[]).push(value);
    expect(refusal(value)).toBe("result.list[0] refers back to a value that contains it (a cycle)");
    const map = new Map<string, unknown>();
    map.set("self", map);
    expect(refusal(map)).toContain("cycle");
  });

  test("endless depth, but 900 levels are fine", () => {
    const nest = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1);
    expect(roundTrip(nest(900))).toStrictEqual(nest(900));
    expect(refusal(nest(100_000))).toContain("is nested deeper than 1000 levels");
  });
});

test("notes of an unknown kind are refused", () => {
  expect(() => decodeValue({ json: "1", meta: '"Quaternion"' })).toThrow('of the kind "Quaternion"');
  expect(() => decodeValue({ json: "{" })).toThrow("not JSON");
});
