/** What a key press has of an event. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What keys written so far mean: a shortcut, the beginning of some, or nothing. */
export type KeyMatch =
  | { readonly kind: "found"; readonly keys: string }
  | { readonly kind: "begun"; readonly keys: string }
  | { readonly kind: "none" };

/**
 * Reads the next key of a shortcut. Shortcuts are keys with blanks between (`g d`: first g, then d), or one key (`c`, `?`).
 *
 * @param begun keys that were pressed before, or an empty text
 */
export function matchKeys(shortcuts: readonly string[], begun: string, press: KeyPress): KeyMatch {
  if (press.ctrlKey || press.metaKey || press.altKey) return { kind: "none" };
  const keys = begun === "" ? press.key : `${begun} ${press.key}`;
  if (shortcuts.includes(keys)) return { kind: "found", keys };
  if (shortcuts.some((shortcut) => shortcut.startsWith(`${keys} `))) return { kind: "begun", keys };
  // The first keys led nowhere; this one may begin anew.
  return begun === "" ? { kind: "none" } : matchKeys(shortcuts, "", press);
}

/** A shortcut for people: `g d` as two keys. */
export function keysOf(shortcut: string): readonly string[] {
  return shortcut.split(" ");
}
