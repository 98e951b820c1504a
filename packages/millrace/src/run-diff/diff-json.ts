/** JSON as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A place in which two values differ; a side on which there is nothing has no property. */
export interface JsonDifference {
  /** `$` is the value itself: `$.rows[3].price`, `$["a key"]`. */
  readonly path: string;
  readonly a?: Json;
  readonly b?: Json;
}

/** The first differences, and how many there are beyond. */
export interface JsonDiff {
  readonly differences: readonly JsonDifference[];
  readonly more: number;
}

/**
 * What differs between two values, at the deepest place that tells. Elements of lists are compared by their index. Keys in another order are no
 * difference.
 *
 * @param limit so many differences are named; the others are only counted
 */
export function diffJson(a: Json | undefined, b: Json | undefined, limit: number): JsonDiff {
  const differences: JsonDifference[] = [];
  let count = 0;
  // A stack, not recursion: values may be nested deeper than calls.
  const open: [string, Json | undefined, Json | undefined][] = [["$", a, b]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, left, right] = next;
    const inner = children(path, left, right);
    if (inner !== undefined) open.push(...inner.reverse());
    else if (left !== right) {
      count += 1;
      if (differences.length < limit)
        differences.push({ path, ...(left !== undefined && { a: left }), ...(right !== undefined && { b: right }) });
    }
  }
  return { differences, more: count - differences.length };
}

/** Pairs of what is inside two lists or two objects; undefined when they are not of one kind. */
function children(
  path: string,
  a: Json | undefined,
  b: Json | undefined,
): [string, Json | undefined, Json | undefined][] | undefined {
  if (isList(a) && isList(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => [
      `${path}[${index}]`,
      a[index],
      b[index],
    ]);
  if (!isObject(a) || !isObject(b)) return undefined;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
    /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
    Object.hasOwn(a, key) ? a[key] : undefined,
    Object.hasOwn(b, key) ? b[key] : undefined,
  ]);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
