/** What a list leaves out: constant texts that hold at once, and the values in them. */
export interface Conditions {
  /** `where …`, or nothing. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A condition in which each `?` stands for the value, if there is one in it. One whose value is absent is none. */
export type Condition = readonly [text: string, value: unknown];

/** Joins conditions; their values become the parameters from `$1` on, or those that come after so many others. */
export function conditions(given: readonly Condition[], others = 0): Conditions {
  const present = given.filter(([, value]) => value !== undefined);
  const values: unknown[] = [];
  const texts = present.map(([text, value]) => {
    if (!text.includes("?")) return text;
    values.push(value);
    return text.replaceAll("?", `$${others + values.length}`);
  });
  return { text: texts.length === 0 ? "" : `where ${texts.join("\n    and ")}`, values };
}

/** A column, or an expression, that lies in a list of one or more values: one of them is compared by `=`, so that an index can give the order, too. */
export function among(column: string, values: readonly string[] | undefined): Condition {
  return values?.length === 1 ? [`${column} = ?`, values[0]] : [`${column} = any (?::text[])`, values];
}

/** An instant within a span. */
export function within(
  column: string,
  span: { readonly from?: number; readonly to?: number } | undefined,
): readonly Condition[] {
  return [
    [`${column} >= millrace.instant(?)`, span?.from],
    [`${column} <= millrace.instant(?)`, span?.to],
  ];
}
