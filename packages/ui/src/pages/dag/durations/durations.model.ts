import type { RunState } from "@millrace/api";

/** A run as the charts need it. */
export interface TimedRun {
  readonly runKey: string;
  readonly state: RunState;
  readonly logicalDate: string;
  readonly queuedSeconds?: number;
  readonly runSeconds?: number;
  readonly landingSeconds?: number;
}

/** Runs that have ended, as series over their logical dates, oldest first. */
export interface DurationSeries {
  readonly runs: readonly TimedRun[];
  /** Seconds since 1970, ascending: what stands at one date is drawn a moment apart. */
  readonly times: readonly number[];
  readonly landing: readonly (number | null)[];
}

/** Makes the series of the charts. Runs that have not ended are left out. @param newestFirst as the API lists them */
export function durationSeries(newestFirst: readonly TimedRun[]): DurationSeries {
  const runs = newestFirst.filter(({ runSeconds }) => runSeconds !== undefined).toReversed();
  let before = Number.NEGATIVE_INFINITY;
  const times = runs.map(({ logicalDate }) => {
    before = Math.max(Date.parse(logicalDate) / 1_000, before + 0.001);
    return before;
  });
  return {
    runs,
    times,
    landing: runs.map(({ landingSeconds = null }) => landingSeconds),
  };
}
