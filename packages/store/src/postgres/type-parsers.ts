import pg from "pg";
import { sqlToMicros } from "./micros-sql.ts";

const OID = {
  int8: 20,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  int8List: 1016,
  dateList: 1182,
  timestampList: 1115,
  timestamptzList: 1185,
} as const;

/**
 * How rows arrive: `int8` as a number, `timestamptz` as {@link Micros}, `date` and `timestamp` as their text (never a `Date`), lists of them alike;
 * all else as `pg` does it.
 */
export function typeParsers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(OID.int8, int8ToNumber);
  types.setTypeParser(OID.timestamptz, sqlToMicros);
  types.setTypeParser(OID.date, same);
  types.setTypeParser(OID.timestamp, same);
  types.setTypeParser(OID.int8List, listOf(int8ToNumber));
  types.setTypeParser(OID.timestamptzList, listOf(sqlToMicros));
  types.setTypeParser(OID.dateList, listOf(same));
  types.setTypeParser(OID.timestampList, listOf(same));
  return types;
}

/** @throws Error beyond ±2^53: our own ids and counts never get there, so it is a bug and must not be rounded. */
function int8ToNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`an int8 beyond 2^53 cannot be a number: ${text}`);
  return value;
}

function same(text: string): string {
  return text;
}

/** Elements of these types never hold a comma, brace or backslash; only the quotes that blanks ask for. */
function listOf<T>(parse: (text: string) => T): (text: string) => (T | null)[] {
  return (text) => {
    const inner = text.slice(1, -1);
    if (inner === "") return [];
    return inner.split(",").map((item) => (item === "NULL" ? null : parse(item.replaceAll('"', ""))));
  };
}
