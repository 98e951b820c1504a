import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { typeParsers } from "../postgres/index.ts";
import { testDatabase, type TestDatabase } from "../testing/index.ts";
import { ArrayWriter } from "./array-writer.ts";

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url, types: typeParsers() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

type Kind = "int4" | "int8" | "instant" | "bool" | "text" | "uuid";
const TYPES: Readonly<Record<Kind, string>> = {
  int4: "int4[]",
  int8: "int8[]",
  instant: "timestamptz[]",
  bool: "bool[]",
  text: "text[]",
  uuid: "uuid[]",
};
const MAX_INT4 = 2 ** 31 - 1;
/** Instants count from 2000 in the database and from 1970 here: both differences must be exact. */
const EARLIEST = -Number.MAX_SAFE_INTEGER + 946_684_800_000_000;

const VALUES: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  int4: fc.integer({ min: -MAX_INT4, max: MAX_INT4 }),
  int8: fc.maxSafeInteger(),
  instant: fc.integer({ min: EARLIEST, max: Number.MAX_SAFE_INTEGER }),
  bool: fc.boolean(),
  text: fc.string({ unit: "binary", maxLength: 60 }).filter((text) => text.isWellFormed() && !text.includes("\0")),
  uuid: fc.uuid(),
};

function write(writer: ArrayWriter<unknown>, kind: Kind, values: readonly unknown[]): Buffer | null {
  const columns = writer as unknown as Record<
    Kind,
    (rows: readonly unknown[], pick: (row: unknown) => unknown) => Buffer | null
  >;
  return columns[kind](values, (value) => value);
}

function refuse(_row: unknown, why: string): never {
  throw new Error(why);
}

describe("columns arrive in the database as they were written", () => {
  test.each(Object.keys(TYPES) as Kind[])("%s", async (kind) => {
    const lists = fc
      .array(fc.option(VALUES[kind]), { minLength: 1, maxLength: 40 })
      .filter((list) => list.some((value) => value !== null));
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 300 }), async (values, sizeHint) => {
        // A small writer grows in the middle of the second column; the first one must stay what it was.
        const writer = new ArrayWriter<unknown>(refuse, sizeHint);
        const columns = [write(writer, kind, values), write(writer, kind, values.toReversed())];
        const { rows } = await client.query<{ a: unknown[]; b: unknown[] }>(
          `select $1::${TYPES[kind]} as a, $2::${TYPES[kind]} as b`,
          columns,
        );
        expect(rows[0]).toEqual({ a: values, b: values.toReversed() });
      }),
      { numRuns: 100 },
    );
  });

  test("a column of nulls is null", () => {
    expect(new ArrayWriter<unknown>(refuse, 100).text([1, 2], () => undefined)).toBeNull();
  });
});

describe("values that do not fit are refused", () => {
  test.each<[Kind, unknown]>([
    ["int4", 2 ** 31],
    ["int4", 0.5],
    ["int8", Number.MAX_SAFE_INTEGER + 1],
    ["instant", -Number.MAX_SAFE_INTEGER],
    ["instant", Number.NaN],
    ["uuid", "not hex"],
    ["uuid", "0".repeat(31)],
  ])("%s %s", (kind, value) => {
    expect(() => write(new ArrayWriter<unknown>(refuse, 100), kind, [value])).toThrow();
  });
});
