/** What somebody wrote beside an update of an asset. */
export type ParsedExtra =
  | { readonly kind: "none" }
  | { readonly kind: "object"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "wrong" };

/** Reads a JSON object; an empty text is none. */
export function parseExtra(text: string): ParsedExtra {
  if (text.trim() === "") return { kind: "none" };
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { kind: "object", value: value as Readonly<Record<string, unknown>> } : { kind: "wrong" };
  } catch {
    return { kind: "wrong" };
  }
}
