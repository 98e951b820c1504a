import { describe, expect, test } from "vitest";
import { TRIGGER_RULES } from "../model/trigger-rule.ts";
import { readTable, RULE_SENTENCES, type Seen } from "./testing/rule-sentences.ts";
import { applyTriggerRule } from "./trigger-rule.ts";

const MOST = 4;

/** Every way in which up to four upstream instances (and for teardowns up to two setups) can stand. */
function* everything(withSetups: boolean): Generator<Seen> {
  const setups = withSetups ? [...ways(2, 2)].map(([T, G, N]) => ({ T, G, N })) : [{ T: 0, G: 0, N: 0 }];
  for (const [U, S, K, F, X] of ways(MOST, 4)) for (const setup of setups) yield { U, S, K, F, X, ...setup };
}

/** [total, parts…] with parts that sum up to at most the total. */
function* ways(most: number, parts: number): Generator<readonly number[]> {
  for (let total = 0; total <= most; total += 1) for (const rest of split(total, parts)) yield [total, ...rest];
}

function* split(left: number, parts: number): Generator<readonly number[]> {
  if (parts === 0) yield [];
  else for (let own = 0; own <= left; own += 1) for (const rest of split(left - own, parts - 1)) yield [own, ...rest];
}

describe.each(TRIGGER_RULES)("%s", (rule) => {
  test("decides what the table says, in every constellation", () => {
    const used = new Set<string>();
    let seenCount = 0;
    for (const seen of everything(rule === "all_done_setup_success")) {
      seenCount += 1;
      const { U, S, K, F, X, T, G, N } = seen;
      const verdict = applyTriggerRule(
        rule,
        { total: U, success: S, skipped: K, failed: F, upstreamFailed: X },
        { total: T, success: G, skipped: N },
      );
      expect([seen, verdict]).toEqual([seen, readTable(rule, seen)]);
      used.add(RULE_SENTENCES[rule].find((sentence) => sentence.when(seen))?.says ?? "waits");
    }
    expect(seenCount).toBeGreaterThanOrEqual(126);
    for (const { says } of RULE_SENTENCES[rule]) expect(used).toContain(says);
  });

  test("never takes a decision back when more upstreams end", () => {
    for (const seen of everything(false)) {
      const before = readTable(rule, seen);
      if (before === "wait" || seen.S + seen.K + seen.F + seen.X >= seen.U) continue;
      // The one rule whose decision depends on who ends first: a failure and a skip above.
      if (rule === "all_success") continue;
      for (const more of ["S", "K", "F", "X"] as const)
        expect(readTable(rule, { ...seen, [more]: seen[more] + 1 })).toBe(before);
    }
  });
});
