/** Spans that are offered, up to now. */
export const SPANS = ["hour", "day", "week", "month"] as const;

/** One of {@link SPANS}. */
export type Span = (typeof SPANS)[number];

const HOUR_MS = 3_600_000;
const LENGTH_MS: Readonly<Record<Span, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};

/** Whether a text of a URL names a span. */
export function isSpan(text: string | undefined): text is Span {
  return SPANS.some((span) => span === text);
}

/** Where a span that ends now begins. */
export function spanOf(span: Span, nowMs: number): string {
  return new Date(nowMs - LENGTH_MS[span]).toISOString();
}

/** Sums counts by what the rows have under a name. */
export function countBy<Name extends string, Value extends string>(
  rows: readonly ({ readonly count: number } & Readonly<Record<Name, Value>>)[],
  name: Name,
): Partial<Record<Value, number>> {
  const sums: Partial<Record<Value, number>> = {};
  for (const row of rows) sums[row[name]] = (sums[row[name]] ?? 0) + row.count;
  return sums;
}
