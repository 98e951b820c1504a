/** The members of an object or an array, with their names; undefined for other values. */
export function childrenOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value);
}

/** What stands for a closed object or array: its kind, how many members, and the first of their names. */
export function shortText(value: unknown, members: number): string {
  if (Array.isArray(value)) return `[${members}]`;
  const names = Object.keys(value as object).slice(0, 4);
  return `{${names.join(", ")}${members > names.length ? ", …" : ""}}`;
}
