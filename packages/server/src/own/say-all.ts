import { sayBlocker, type Blocker, type Said, type Saying } from "@millrace/core";

/** Blockers as sentences. */
export function sayAll(blockers: readonly Blocker[], saying: Saying): readonly (Said & { readonly kind: string })[] {
  return blockers.map((blocker) => ({ kind: blocker.kind, ...sayBlocker(blocker, saying) }));
}
