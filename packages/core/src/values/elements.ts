import { isPlainObject } from "./plain-object.ts";

/**
 * The number of elements when `value` can be mapped over: an array, a Set, a Map or a plain object (both by key-value
 * pairs); otherwise `undefined`.
 */
export function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return isPlainObject(value) ? Object.keys(value).length : undefined;
}

/**
 * The element at `index` (0 to {@link lengthOf} − 1) of a value that can be mapped over; of a Map and of a plain object
 * it is the pair `[key, value]`. `undefined` where there is none.
 */
export function itemAt(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index];
  if (value instanceof Map || value instanceof Set) return nth(value, index);
  return isPlainObject(value) ? Object.entries(value)[index] : undefined;
}

function nth(values: Iterable<unknown>, index: number): unknown {
  let at = 0;
  for (const value of values) if (at++ === index) return value;
  return undefined;
}
