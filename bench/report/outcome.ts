import type { Scale } from "../scale.ts";
import { median } from "../statistics.ts";
import type { Outcome, Workload } from "../workload.ts";

/** Sums up the samples of a workload. */
export function outcomeOf(workload: Workload, scale: Scale, samples: readonly number[]): Outcome {
  const { name, title, unit, better, must, aim } = workload;
  const middle = median(samples);
  return {
    name,
    title: title(scale),
    unit,
    better,
    ...(must !== undefined && { must, isReached: better === "lower" ? middle <= must : middle >= must }),
    ...(aim !== undefined && { aim }),
    samples,
    median: middle,
    least: Math.min(...samples),
    most: Math.max(...samples),
  };
}
