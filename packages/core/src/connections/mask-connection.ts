import { holdsPrivateKey } from "./private-key.ts";
import { isSecretName } from "./secret-names.ts";

const MASK = "***";

/** A copy of a connection's extra in which everything whose name says that it is secret, and every private key, is `***`. */
export function maskExtra(extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return masked(extra) as Readonly<Record<string, unknown>>;
}

/** A host without the password that whole addresses may carry: `mongodb://me:***@db`. */
export function maskHost(host: string): string {
  return host.replace(/(:\/\/[^/:@]*:)[^/@]+@/, `$1${MASK}@`);
}

/** An extra as somebody wrote it who saw the masked one: what is `***` where it was masked is what it was before. */
export function restoreExtra(
  given: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return restored(given, before, false) as Readonly<Record<string, unknown>>;
}

/** A host as somebody wrote it who saw the masked one. */
export function restoreHost(given: string, before: string | undefined): string {
  return before !== undefined && given === maskHost(before) ? before : given;
}

function masked(value: unknown): unknown {
  if (isKey(value)) return MASK;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isSecretName(name) && inner !== null ? MASK : masked(inner),
  ]);
  return Object.fromEntries(entries);
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && holdsPrivateKey(value);
}

function restored(value: unknown, before: unknown, isHidden: boolean): unknown {
  if (value === MASK && (isHidden || isKey(before))) return before ?? value;
  if (typeof value !== "object" || value === null || typeof before !== "object" || before === null) return value;
  const old = before as Readonly<Record<string, unknown>>;
  if (Array.isArray(value)) return value.map((inner, index) => restored(inner, old[index], false));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, restored(inner, old[name], isSecretName(name))]),
  );
}
