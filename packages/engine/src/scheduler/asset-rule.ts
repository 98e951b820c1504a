import type { DueRun, Micros, QueuedAssetEvent, Schedule } from "@millrace/core";

type AssetRule = Extract<Schedule, { kind: "assets" }>["rule"];

/** True when the assets updated since the last run satisfy the rule. */
export function isSatisfied(rule: AssetRule, updated: ReadonlySet<string>): boolean {
  if ("asset" in rule) return updated.has(rule.asset);
  if ("any" in rule) return rule.any.some((part) => isSatisfied(part, updated));
  return rule.all.every((part) => isSatisfied(part, updated));
}

/** The rule that starts a DAG by data, if its schedule has one. */
export function assetRuleOf(schedule: Schedule): AssetRule | undefined {
  return schedule.kind === "assets" || schedule.kind === "assetsOrTime" ? schedule.rule : undefined;
}

/** A run made by data covers the intervals of all the updates that it consumes. */
export function runOfEvents(events: readonly QueuedAssetEvent[], now: Micros): DueRun {
  const starts = events.map((event) => event.intervalStart ?? event.at);
  const ends = events.map((event) => event.intervalEnd ?? event.at);
  return { logicalDate: now, intervalStart: Math.min(...starts), intervalEnd: Math.max(...ends), runAfter: now };
}

/** The assets that a rule names. */
export function assetsOf(rule: AssetRule): readonly string[] {
  if ("asset" in rule) return [rule.asset];
  return ("any" in rule ? rule.any : rule.all).flatMap(assetsOf);
}
