import type { GraphTask } from "../graph/graph.ts";
import type { TriggerRule } from "../model/trigger-rule.ts";

/** What a rule says of a task instance now. */
export type Verdict = "wait" | "run" | "skipped" | "upstream_failed";

/** Finished direct upstream instances by outcome, and how many there are in all; removed ones are left out of both. */
export interface UpstreamCounts {
  readonly total: number;
  readonly success: number;
  readonly skipped: number;
  readonly failed: number;
  readonly upstreamFailed: number;
}

/** Outcomes of a teardown's direct setups, or of those in whose scope a task is; `failed` are upstream_failed ones, too. */
export interface SetupCounts {
  readonly total: number;
  readonly success: number;
  readonly skipped: number;
  readonly failed: number;
}

const NO_SETUPS: SetupCounts = { total: 0, success: 0, skipped: 0, failed: 0 };

/**
 * What the rule of a task and the setups in whose scope it is say together.
 *
 * @param setups is only asked for when it matters.
 */
export function verdictOf(
  node: Pick<GraphTask, "triggerRule" | "teardown" | "setups">,
  up: UpstreamCounts,
  setups: () => SetupCounts,
): Verdict {
  const verdict = applyTriggerRule(node.triggerRule, up, node.teardown ? setups() : NO_SETUPS);
  if (verdict !== "run" || node.teardown || !node.setups?.length) return verdict;
  const { total, success, skipped, failed } = setups();
  if (success === total) return "run";
  if (failed > 0) return "upstream_failed";
  return skipped > 0 ? "skipped" : "wait";
}

/**
 * Applies a trigger rule: pure and total. Decisions fall as soon as they can no longer change, before all upstreams have finished
 * (Airflow 2.10, `ti_deps/deps/trigger_rule_dep.py`).
 */
export function applyTriggerRule(
  rule: TriggerRule,
  up: UpstreamCounts,
  setups: Omit<SetupCounts, "failed"> = NO_SETUPS,
): Verdict {
  const bad = up.failed + up.upstreamFailed;
  const isDone = up.success + up.skipped + bad >= up.total;
  switch (rule) {
    case "always":
      return "run";
    case "all_success":
      if (bad > 0) return "upstream_failed";
      if (up.skipped > 0) return "skipped";
      return isDone ? "run" : "wait";
    case "all_failed":
      if (up.success > 0 || up.skipped > 0) return "skipped";
      return isDone ? "run" : "wait";
    case "all_done":
      return isDone ? "run" : "wait";
    case "all_skipped":
      if (up.success > 0 || bad > 0) return "skipped";
      return isDone ? "run" : "wait";
    case "none_failed":
      if (bad > 0) return "upstream_failed";
      return isDone ? "run" : "wait";
    case "none_failed_min_one_success":
      if (bad > 0) return "upstream_failed";
      if (!isDone) return "wait";
      return up.total > 0 && up.skipped === up.total ? "skipped" : "run";
    case "none_skipped":
      if (up.skipped > 0) return "skipped";
      return isDone ? "run" : "wait";
    case "all_done_setup_success":
      return isDone ? afterSetups(setups) : "wait";
    default:
      return applyOneOf(rule, up, isDone);
  }
}

/** Rules that are content with one upstream. Without upstreams there is nothing to wait for. */
function applyOneOf(rule: "one_success" | "one_failed" | "one_done", up: UpstreamCounts, isDone: boolean): Verdict {
  if (up.total === 0) return "run";
  switch (rule) {
    case "one_success":
      if (up.success > 0) return "run";
      if (!isDone) return "wait";
      return up.skipped === up.total ? "skipped" : "upstream_failed";
    case "one_failed":
      if (up.failed + up.upstreamFailed > 0) return "run";
      return isDone ? "skipped" : "wait";
    case "one_done":
      if (up.success + up.failed > 0) return "run";
      return isDone ? "skipped" : "wait";
    default:
      throw new Error(`unreachable: ${rule satisfies never}`);
  }
}

function afterSetups(setups: Omit<SetupCounts, "failed">): Verdict {
  if (setups.total === 0 || setups.success > 0) return "run";
  return setups.skipped === setups.total ? "skipped" : "upstream_failed";
}
