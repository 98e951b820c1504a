import type { Micros } from "../model/instant.ts";

/** Which updates of assets start a run: one asset, any of several rules, or all of them (each at least once since the last run). */
export type AssetRule =
  { readonly asset: string } | { readonly any: readonly AssetRule[] } | { readonly all: readonly AssetRule[] };

/**
 * A schedule whose runs follow the clock.
 *
 * - `once`: one run at the DAG's start (now, when it has none).
 * - `continuous`: the next interval starts where the last one ended; for DAGs with one active run at a time.
 * - `cron`: data intervals between neighbouring cron times; the logical date is the interval's start, the run starts at its end.
 * - `cronTrigger`: the logical date is the cron time itself; the data interval ends there and is `intervalMicros` long (default 0).
 * - `interval`: data intervals of a fixed length, one after the other.
 * - `events`: the listed instants, in ascending order.
 * - `custom`: a timetable in user code; its next times are handed in from outside.
 */
export type TimeSchedule =
  | { readonly kind: "once" }
  | { readonly kind: "continuous" }
  | { readonly kind: "cron"; readonly expression: string; readonly zone: string }
  | {
      readonly kind: "cronTrigger";
      readonly expression: string;
      readonly zone: string;
      readonly intervalMicros?: number;
    }
  | { readonly kind: "interval"; readonly everyMicros: number }
  | { readonly kind: "events"; readonly at: readonly Micros[] }
  | { readonly kind: "custom"; readonly name: string };

/** When a DAG runs. Plain JSON, because it is stored with the graph. `none`: only when somebody or something triggers it. */
export type Schedule =
  | { readonly kind: "none" }
  | TimeSchedule
  | { readonly kind: "assets"; readonly rule: AssetRule }
  | { readonly kind: "assetsOrTime"; readonly rule: AssetRule; readonly time: TimeSchedule };

/** A stretch of data: from `intervalStart` up to, not including, `intervalEnd`. */
export interface IntervalBounds {
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
}

/** A run that a schedule asks for. It is due as soon as now ≥ `runAfter`. */
export interface DueRun extends IntervalBounds {
  readonly logicalDate: Micros;
  readonly runAfter: Micros;
}
