import type { Caller } from "./caller.ts";

/** Who did it, as the audit and commands say: `user:ada`. */
export function auditName({ kind, name }: Caller): string {
  return `${kind}:${name}`;
}
