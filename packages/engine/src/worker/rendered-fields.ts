const MAX_FIELD_CHARS = 4_000;

/** The templated options of an operator as they were rendered, as JSON text for people. */
export function renderedFields(
  values: Readonly<Record<string, unknown>>,
  templated: readonly string[],
  mask: (text: string) => string,
): string | undefined {
  const fields = templated.filter((name) => name in values).map((name) => [name, shorten(values[name])] as const);
  return fields.length === 0 ? undefined : mask(JSON.stringify(Object.fromEntries(fields)));
}

function shorten(value: unknown): unknown {
  const text = typeof value === "string" ? value : jsonOf(value);
  return text.length <= MAX_FIELD_CHARS
    ? typeof value === "string"
      ? value
      : (JSON.parse(text) as unknown)
    : `${text.slice(0, MAX_FIELD_CHARS)}…`;
}

function jsonOf(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ?? "null"
    );
  } catch {
    // A cycle: there is nothing to show, and showing must not fail a try.
    return JSON.stringify(Object.prototype.toString.call(value));
  }
}
