import { Problem } from "../http/problem.ts";

/** By what a list is ordered. */
export interface Order<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

/**
 * Reads `order_by`: a field, with `-` before it for descending order.
 *
 * @param allowed the fields that the list may be ordered by
 * @throws Problem 400 with Airflow's words
 */
export function readOrder<Field extends string>(
  text: string | undefined,
  allowed: readonly Field[],
  fallback: NoInfer<Field>,
): Order<Field> {
  if (text === undefined || text === "") return { field: fallback, descending: false };
  const name = text.replace(/^-+/, "");
  const field = allowed.find((each) => each === name);
  if (field === undefined) {
    throw new Problem(400, {
      detail: `Ordering with '${name}' is disallowed or the attribute does not exist on the model`,
    });
  }
  return { field, descending: text.startsWith("-") };
}

/** Compares items of a short list that is all in memory: texts by code point, nothing before everything. Ties keep their order. */
export function compareBy<Item>(
  valueOf: (item: Item) => string | number | undefined,
  { descending }: { readonly descending: boolean },
): (a: Item, b: Item) => number {
  const sign = descending ? -1 : 1;
  return (left, right) => {
    const [a, b] = [valueOf(left), valueOf(right)];
    if (a === b) return 0;
    if (a === undefined || b === undefined) return a === undefined ? -sign : sign;
    return a < b ? -sign : sign;
  };
}
