import type { TriggerRule } from "../../model/trigger-rule.ts";
import type { Verdict } from "../trigger-rule.ts";

/** Upstream instances: U in all, S succeeded, K skipped, F failed, X upstream_failed. A teardown's setups: T in all, G succeeded, N skipped. */
export interface Seen {
  readonly U: number;
  readonly S: number;
  readonly K: number;
  readonly F: number;
  readonly X: number;
  readonly T: number;
  readonly G: number;
  readonly N: number;
}

interface Sentence {
  readonly says: string;
  readonly when: (seen: Seen) => boolean;
  readonly then: Exclude<Verdict, "wait">;
}

const done = ({ U, S, K, F, X }: Seen): boolean => S + K + F + X >= U;
const none = ({ U }: Seen): boolean => U === 0;
const failed = ({ F, X }: Seen): boolean => F + X > 0;
const nothingAbove: Sentence = { says: "nothing above: nothing to wait for", when: none, then: "run" };

/** The table of trigger rules as people read it: the first sentence that is true decides; when none is, it waits. */
export const RULE_SENTENCES: Readonly<Record<TriggerRule, readonly Sentence[]>> = {
  all_success: [
    { says: "upstream_failed as soon as one failed", when: failed, then: "upstream_failed" },
    { says: "skipped as soon as one is skipped", when: ({ K }) => K > 0, then: "skipped" },
    { says: "runs when all succeeded", when: ({ S, U }) => S === U, then: "run" },
  ],
  all_failed: [
    { says: "skipped as soon as one succeeded or is skipped", when: ({ S, K }) => S + K > 0, then: "skipped" },
    { says: "runs when all failed", when: ({ F, X, U }) => F + X === U, then: "run" },
  ],
  all_done: [{ says: "runs when all have ended", when: done, then: "run" }],
  all_skipped: [
    { says: "skipped as soon as one succeeded or failed", when: ({ S, F, X }) => S + F + X > 0, then: "skipped" },
    { says: "runs when all are skipped", when: ({ K, U }) => K === U, then: "run" },
  ],
  one_success: [
    nothingAbove,
    { says: "runs as soon as one succeeded", when: ({ S }) => S > 0, then: "run" },
    { says: "skipped when all are skipped", when: ({ K, U }) => K === U, then: "skipped" },
    { says: "upstream_failed when all have ended and none succeeded", when: done, then: "upstream_failed" },
  ],
  one_failed: [
    nothingAbove,
    { says: "runs as soon as one failed", when: failed, then: "run" },
    { says: "skipped when all have ended and none failed", when: done, then: "skipped" },
  ],
  one_done: [
    nothingAbove,
    { says: "runs as soon as one succeeded or failed", when: ({ S, F }) => S + F > 0, then: "run" },
    { says: "skipped when all are skipped or upstream_failed", when: done, then: "skipped" },
  ],
  none_failed: [
    { says: "upstream_failed as soon as one failed", when: failed, then: "upstream_failed" },
    { says: "runs when all succeeded or are skipped", when: ({ S, K, U }) => S + K === U, then: "run" },
  ],
  none_failed_min_one_success: [
    nothingAbove,
    { says: "upstream_failed as soon as one failed", when: failed, then: "upstream_failed" },
    { says: "skipped when all are skipped", when: ({ K, U }) => K === U, then: "skipped" },
    { says: "runs when all succeeded or are skipped", when: ({ S, K, U }) => S + K === U, then: "run" },
  ],
  none_skipped: [
    { says: "skipped as soon as one is skipped", when: ({ K }) => K > 0, then: "skipped" },
    { says: "runs when all have ended", when: done, then: "run" },
  ],
  always: [{ says: "runs at once", when: () => true, then: "run" }],
  all_done_setup_success: [
    {
      says: "runs when all have ended and a setup succeeded, or there is none",
      when: (seen) => done(seen) && (seen.T === 0 || seen.G > 0),
      then: "run",
    },
    { says: "skipped when all setups are skipped", when: (seen) => done(seen) && seen.N === seen.T, then: "skipped" },
    { says: "upstream_failed when no setup succeeded", when: done, then: "upstream_failed" },
  ],
};

/** What the table says now. */
export function readTable(rule: TriggerRule, seen: Seen): Verdict {
  return RULE_SENTENCES[rule].find((sentence) => sentence.when(seen))?.then ?? "wait";
}
