import { parseInstant } from "../model/instant-text.ts";
import { isPlainObject } from "../values/plain-object.ts";
import { isSecret } from "../values/secret.ts";
import { findValueKind } from "../values/value-kinds.ts";
import { dateTime } from "./date-time.ts";
import { templateFault } from "./template-fault.ts";
import type { Value } from "./template-value.ts";

const MAX_DEPTH = 100;

/**
 * A value of JavaScript as templates see it: copied, so that nothing of it can be reached. A Date is a datetime in UTC, a
 * secret its text (the caller masks what it prints), bigints beyond 2^53, URLs and Temporal values their text.
 *
 * @param name what messages call it. @throws MillraceError BAD_TEMPLATE for functions, class instances and cycles.
 */
export function fromJs(value: unknown, name: string, depth = 0): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return value;
    case "undefined":
      return null;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case "object":
      return value === null ? null : fromObject(value, name, depth);
    default:
      throw templateFault(`${name} is a ${typeof value}, which templates cannot use`);
  }
}

function fromObject(value: object, name: string, depth: number): Value {
  if (depth > MAX_DEPTH)
    throw templateFault(`${name} is nested deeper than ${MAX_DEPTH} levels or refers back to itself`);
  const inner = (item: unknown, key: unknown): Value => fromJs(item, `${name}[${JSON.stringify(key)}]`, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (isSecret(value)) return value.reveal();
  if (value instanceof Set) return [...value].map(inner);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [inner(key, "key"), inner(item, String(key))]));
  if (isPlainObject(value)) return new Map(Object.entries(value).map(([key, item]) => [key, inner(item, key)]));
  const kind = findValueKind(value);
  const written = kind?.write(value as never);
  if (kind?.name === "Date" && typeof written === "string") return dateTime(parseInstant(written), "UTC");
  if (typeof written !== "string") throw templateFault(`${name} is an instance of a class, which templates cannot use`);
  return written;
}
