/** What a check says of one fact: the fact measured, with units, and when it is not well what to do. */
export type Verdict =
  | { readonly status: "ok"; readonly fact: string }
  | { readonly status: "warn" | "bad"; readonly fact: string; readonly advice: string }
  /** It could not be looked at; `fact` says why. */
  | { readonly status: "skipped"; readonly fact: string };

/** All is well. */
export function ok(fact: string): Verdict {
  return { status: "ok", fact };
}

/** It works, and will hurt. */
export function warn(fact: string, advice: string): Verdict {
  return { status: "warn", fact, advice };
}

/** It does not work, or data is in danger. */
export function bad(fact: string, advice: string): Verdict {
  return { status: "bad", fact, advice };
}

/** It could not be looked at. */
export function skipped(why: string): Verdict {
  return { status: "skipped", fact: why };
}

/** The findings that are not well, or else that all is. */
export function findingsOr(findings: readonly (Verdict | undefined)[], well: string): readonly Verdict[] {
  const found = findings.filter((finding) => finding !== undefined);
  return found.length > 0 ? found : [ok(well)];
}
