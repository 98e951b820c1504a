import { Type } from "typebox";
import { expect, test } from "vitest";
import { instant, makeDecoder, makeEncoder, opaque } from "./wire.ts";

const AT = 1_759_276_800_000_123;
const TEXT = "2025-10-01T00:00:00.000123+00:00";

const schema = Type.Object({
  at: instant(),
  ended: Type.Optional(Type.Union([instant(), Type.Null()])),
  runs: Type.Array(Type.Object({ from: instant(), note: Type.Optional(Type.String()) })),
  byName: Type.Record(Type.String(), instant()),
  event: Type.Union([
    Type.Object({ type: Type.Literal("a"), count: Type.Integer() }),
    Type.Object({ type: Type.Literal("b"), at: instant() }),
  ]),
  raw: opaque<object>("anything"),
});

test("instants become text and come back exactly, wherever they are", () => {
  const plain = {
    at: AT,
    ended: null,
    runs: [{ from: AT, note: "n" }, { from: AT }],
    byName: { x: AT },
    event: { type: "b", at: AT },
    raw: { at: AT },
  };
  const sent = makeEncoder(schema)(plain);
  expect(sent).toEqual({
    at: TEXT,
    ended: null,
    runs: [{ from: TEXT, note: "n" }, { from: TEXT }],
    byName: { x: TEXT },
    event: { type: "b", at: TEXT },
    raw: { at: AT },
  });
  expect(makeDecoder(schema)(sent)).toEqual(plain);
});

test("what the schema does not name is not sent, nor is undefined", () => {
  const one = Type.Object({ id: Type.Integer(), parts: Type.Array(Type.Object({ id: Type.Integer() })) });
  expect(makeEncoder(one)({ id: 1, secret: "s", parts: [{ id: 2, secret: "s" }] })).toEqual({
    id: 1,
    parts: [{ id: 2 }],
  });
  expect(Object.keys(makeEncoder(schema)({ at: AT, ended: undefined }) as object)).toEqual(["at"]);
});
