import { MillraceError } from "../errors.ts";
import type { WebhookValue } from "../graph/webhook.ts";
import { isTemplate, compileTemplate } from "../template/compile-template.ts";
import { encodeValue } from "../values/encode-value.ts";
import { isPlainObject } from "../values/plain-object.ts";

const VALUE = Symbol.for("millrace.webhook-value");
declare const place: unique symbol;
declare const other: unique symbol;

type Marked<K extends WebhookValue["kind"]> = { readonly [VALUE]: Extract<WebhookValue, { readonly kind: K }> };

/** A place in the body of a delivery. */
export interface Pointer<out P extends string, out F> extends Marked<"pointer"> {
  readonly [place]: P;
  readonly [other]: F;
}

/** A header of a delivery. */
export interface Header<out F> extends Marked<"header"> {
  readonly [other]: F;
}

const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/;
const POINTER = /^(\/([^~/]|~[01])*)*$/;
const MAX_DEPTH = 50;

/**
 * What is at a JSON pointer (RFC 6901) in the body, with its type: `pointer("/order/items/0/id")`.
 *
 * @param fallback JSON that stands in when nothing is there; without one such a delivery is refused.
 */
export function pointer<const P extends string, const F = undefined>(path: P, fallback?: F): Pointer<P, F> {
  checkPointer(path);
  const value = { kind: "pointer", pointer: path, ...(fallback !== undefined && { fallback }) } as const;
  return Object.freeze({ [VALUE]: value }) as unknown as Pointer<P, F>;
}

/** A header of the delivery as text; without `fallback` a delivery without it is refused. */
export function header<const F extends string | undefined = undefined>(name: string, fallback?: F): Header<F> {
  checkHeader(name);
  const value = {
    kind: "header",
    header: name.toLowerCase(),
    ...(fallback !== undefined && { fallback: fallback }),
  } as const;
  return Object.freeze({ [VALUE]: value }) as unknown as Header<F>;
}

/** @throws MillraceError BAD_ARGUMENT */
export function checkHeader(name: unknown): void {
  if (typeof name === "string" && HEADER.test(name)) return;
  throw new MillraceError("BAD_ARGUMENT", `${JSON.stringify(name)} is no name of a header`);
}

/** What {@link pointer} or {@link header} made; undefined for anything else. */
export function findMarked(candidate: unknown): Extract<WebhookValue, { kind: "pointer" | "header" }> | undefined {
  return typeof candidate === "object" && candidate !== null && VALUE in candidate
    ? (candidate as Marked<"pointer" | "header">)[VALUE]
    : undefined;
}

/** A mapping as data. @throws MillraceError BAD_ARGUMENT for what is no JSON, BAD_TEMPLATE; both name the place. */
export function valueOf(written: unknown, path = "", depth = 0): WebhookValue {
  const marked = findMarked(written);
  if (marked) return marked;
  if (depth > MAX_DEPTH) throw unfit(path, `is nested deeper than ${MAX_DEPTH} levels`);
  if (typeof written === "string") {
    if (!isTemplate(written)) return { kind: "value", value: written };
    compileTemplate(written);
    return { kind: "template", text: written };
  }
  if (Array.isArray(written))
    return { kind: "list", items: written.map((item, at) => valueOf(item, `${path}[${at}]`, depth + 1)) };
  if (isPlainObject(written) && Object.getOwnPropertySymbols(written).length === 0) {
    const members = Object.entries(written).map(
      ([key, item]) => [key, valueOf(item, path === "" ? key : `${path}.${key}`, depth + 1)] as const,
    );
    return { kind: "object", members: Object.fromEntries(members) };
  }
  if (!isScalar(written)) throw unfit(path, "is not JSON, pointer(…) or header(…)");
  return { kind: "value", value: written };
}

function isScalar(value: unknown): boolean {
  try {
    return value !== undefined && typeof value !== "object" ? encodeValue(value).meta === undefined : value === null;
  } catch {
    // What cannot be stored at all is not JSON either; the caller says so.
    return false;
  }
}

function checkPointer(path: unknown): void {
  if (typeof path === "string" && POINTER.test(path)) return;
  throw new MillraceError(
    "BAD_ARGUMENT",
    `pointer(${JSON.stringify(path)}): a JSON pointer is empty or begins with "/", like /order/id; "~" is written ~0, "/" in a name ~1`,
  );
}

function unfit(path: string, what: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `${path === "" ? "the mapping" : path} ${what}`);
}
