/** A pattern of keys: what it begins with up to its first special character, and whether a key fits. */
export interface KeyPattern {
  readonly prefix: string;
  readonly fits: (key: string) => boolean;
}

/** Reads a pattern: `*` any characters but `/`, `**` any at all, `?` one but `/`; the rest is itself. */
export function keyPattern(text: string): KeyPattern {
  const [prefix = ""] = /^[^*?]*/.exec(text) ?? [];
  const source = text.replace(/\*\*|[*?]|[\\^$.+()[\]{}|/]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  const expression = new RegExp(`^${source}$`, "su");
  return { prefix, fits: (key) => expression.test(key) };
}

/** Whether a key is a pattern. */
export function isPattern(key: string): boolean {
  return /[*?]/.test(key);
}
