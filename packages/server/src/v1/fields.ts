import { Problem } from "../http/problem.ts";
import { reprPython } from "./python-text.ts";

/** Picks what a partial answer shows. */
export type PickFields = <Item extends object>(item: Item) => Item;

/**
 * Reads `fields`: partial answers have exactly these keys, in the order of the whole answer.
 *
 * @param options.known every key that the answer may have
 * @param options.schema the name that the complaint about an unknown one gives to the answer, like `DAGSchema`
 * @throws Problem 400
 */
export function readFields(
  fields: readonly string[] | undefined,
  { known, schema, title }: { readonly known: readonly string[]; readonly schema: string; readonly title: string },
): PickFields {
  if (fields === undefined || fields.length === 0) return (item) => item;
  const wanted = new Set(fields.map((field) => field.trim()));
  const unknown = [...wanted].filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    const names = unknown.map(reprPython).join(", ");
    throw new Problem(400, { title, detail: `Invalid fields for <${schema}(many=False)>: {${names}}.` });
  }
  return <Item extends object>(item: Item) =>
    Object.fromEntries(Object.entries(item).filter(([key]) => wanted.has(key))) as Item;
}
