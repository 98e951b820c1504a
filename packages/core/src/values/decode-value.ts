import { MillraceError } from "../errors.ts";
import type { EncodedValue } from "./encode-value.ts";
import { findKindByName } from "./value-kinds.ts";

/**
 * Notes on one place of the JSON half: the name of its kind, or notes on what is inside it (`each` for all elements of
 * a list, `at` for single keys) and the kind of the whole, which is restored last. Keys are pairs, never an object, so
 * that no key can be mistaken for a member of Object.prototype.
 */
type Meta =
  | string
  | { readonly kind?: string; readonly each?: Meta; readonly at?: readonly (readonly [string | number, Meta])[] };

/**
 * The value that `encodeValue` wrote.
 *
 * @throws MillraceError DATA_REJECTED when the text is no JSON or was written by a newer Millrace.
 */
export function decodeValue(encoded: EncodedValue): unknown {
  const value = parse(encoded.json);
  return encoded.meta === undefined ? value : restore(value, parse(encoded.meta) as Meta);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MillraceError("DATA_REJECTED", `A stored value is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function restore(value: unknown, meta: Meta): unknown {
  if (typeof meta === "string") return read(meta, value);
  const inside = value as Record<string | number, unknown>;
  if (meta.each !== undefined) {
    for (let i = 0; i < (inside as unknown as unknown[]).length; i++) inside[i] = restore(inside[i], meta.each);
  }
  for (const [key, note] of meta.at ?? []) inside[key] = restore(inside[key], note);
  return meta.kind === undefined ? value : read(meta.kind, value);
}

function read(name: string, written: unknown): unknown {
  const kind = findKindByName(name);
  if (kind === undefined) {
    throw new MillraceError(
      "DATA_REJECTED",
      `A stored value is of the kind "${name}", which this version does not know. Upgrade Millrace.`,
    );
  }
  return kind.read(written as never);
}
