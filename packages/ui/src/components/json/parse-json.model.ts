/** A text that is JSON, or is not. */
export type ParsedJson = { readonly isJson: true; readonly value: unknown } | { readonly isJson: false };

/** Reads a text as JSON. */
export function parseJson(text: string): ParsedJson {
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    // Whoever asks shows the text as it is then.
    return { isJson: false };
  }
}

/** A text for people that is JSON, with line ends and two spaces; as it is when it is none. */
export function prettyJson(text: string): string {
  const parsed = parseJson(text);
  return parsed.isJson ? JSON.stringify(parsed.value, undefined, 2) : text;
}
