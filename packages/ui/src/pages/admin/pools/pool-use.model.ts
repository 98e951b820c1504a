import type { AnswerOf, getPool } from "@millrace/api";

/** A pool with how it is used. */
export type Pool = AnswerOf<typeof getPool>;

/** A part of a pool's bar. */
export interface PoolPart {
  readonly state: "running" | "queued" | "deferred";
  readonly slots: number;
  /** Of the bar, in percent. */
  readonly percent: number;
}

/** What a bar of a pool shows: slots that are taken, by why, of those that there are. More may be taken than there are now. */
export function partsOfPool({ slots, use, includeDeferred, occupied }: Pool): readonly PoolPart[] {
  const whole = Math.max(slots, occupied, 1);
  const states = includeDeferred ? (["running", "queued", "deferred"] as const) : (["running", "queued"] as const);
  return states
    .map((state) => ({ state, slots: use[state], percent: (100 * use[state]) / whole }))
    .filter((part) => part.slots > 0);
}
