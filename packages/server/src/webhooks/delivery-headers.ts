import type { WebhookSignature } from "@millrace/core";
import type { FastifyRequest } from "fastify";
import type { Headers } from "./signed-text.ts";

const MOST_HEADERS = 100;
const LONGEST_VALUE = 1_000;
/** Never seen by a mapping, whatever it asks for. */
const CREDENTIALS = new Set(["authorization", "proxy-authorization", "cookie"]);
const LOOKS_SECRET = /authorization|cookie|token|secret|password|signature|api-?key/;

/** Headers by name in lower case, each as one text. */
export function headersOf({ headers }: Pick<FastifyRequest, "headers">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

/** What a mapping may read: everything but credentials. */
export function readableHeaders(headers: Headers, signature: WebhookSignature): Readonly<Record<string, string>> {
  const isKey = (name: string): boolean => signature.scheme === "sharedKey" && signature.header === name;
  return keep(headers, (name, value) => (CREDENTIALS.has(name) || isKey(name) ? undefined : value));
}

/** What is kept of the headers: no secrets, and bounded. */
export function storedHeaders(headers: Headers, signature: WebhookSignature): Readonly<Record<string, string>> {
  const isSigned = (name: string): boolean => "header" in signature && signature.header === name;
  const shown = keep(headers, (name, value) =>
    LOOKS_SECRET.test(name) || isSigned(name) ? "***" : value.slice(0, LONGEST_VALUE),
  );
  return Object.fromEntries(Object.entries(shown).slice(0, MOST_HEADERS));
}

function keep(
  headers: Headers,
  change: (name: string, value: string) => string | undefined,
): Readonly<Record<string, string>> {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const changed = value === undefined ? undefined : change(name, value);
    if (changed !== undefined) kept.push([name, changed]);
  }
  return Object.fromEntries(kept);
}
