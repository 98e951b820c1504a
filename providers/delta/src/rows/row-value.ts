import type { DeltaColumn, DeltaType } from "./table-columns.ts";

/** Where the scale stands in `decimal(10,2)`. */
const DECIMAL = /^decimal\(\d+,\s*(\d+)\)$/;

/**
 * A value as Parquet has it, as rows have it: 64-bit integers are numbers, or `bigint` beyond what a number can be sure of; decimals are texts with all their
 * digits; times texts (RFC 3339; of `timestamp_ntz` without an offset), dates `2025-10-01`; what is missing is `null`.
 */
export function rowValue(value: unknown, type: DeltaType): unknown {
  if (value === undefined || value === null) return null;
  if (typeof type !== "string") return nestedValue(value, type);
  if (typeof value === "bigint" && type === "long") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (type === "timestamp_ntz" && typeof value === "string") return value.replace(/Z$/, "");
  const [, scale] = DECIMAL.exec(type) ?? [];
  return scale === undefined ? value : decimalText(unscaled(value), Number(scale));
}

/** A value of a partition, which the log keeps as a text; an empty one means none. */
export function partitionValue(text: string | null | undefined, type: DeltaType): unknown {
  if (text === undefined || text === null || text === "") return null;
  switch (type) {
    case "long":
      return rowValue(BigInt(text), type);
    case "integer":
    case "short":
    case "byte":
    case "float":
    case "double":
      return Number(text);
    case "boolean":
      return text === "true";
    case "timestamp":
    case "timestamp_ntz":
      return timeText(text, type);
    default:
      return text;
  }
}

function nestedValue(value: unknown, type: Exclude<DeltaType, string>): unknown {
  switch (type.type) {
    case "array":
      return (value as readonly unknown[]).map((each) => rowValue(each, type.elementType));
    case "map":
      return Object.fromEntries(
        Object.entries(value as Record<string, unknown>).map(([key, each]) => [key, rowValue(each, type.valueType)]),
      );
    case "struct":
      return structValue(value as Record<string, unknown>, type.fields);
    default:
      throw new Error(`unreachable: ${JSON.stringify(type satisfies never)}`);
  }
}

function structValue(
  value: Readonly<Record<string, unknown>>,
  fields: readonly DeltaColumn[],
): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, rowValue(value[name], type)]));
}

/** The digits of a decimal: an integer, or the bytes of one, the highest first, in two's complement. */
function unscaled(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const digits = value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(value.length * 8, digits);
}

function decimalText(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** `2025-10-01 00:00:00.5` and `2025-10-01T00:00:00.500000Z` in the form that times of rows have. */
function timeText(text: string, type: "timestamp" | "timestamp_ntz"): string {
  const [, second = text, fraction = ""] = /^(.{19})(?:\.(\d{1,6}))?Z?$/.exec(text.replace(" ", "T")) ?? [];
  return `${second}.${fraction.padEnd(6, "0")}${type === "timestamp" ? "Z" : ""}`;
}
