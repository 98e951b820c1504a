import type { Outcome } from "../workload.ts";

/** An outcome with what a test says and sensible values for the rest. */
export function anOutcome(given: Partial<Outcome>): Outcome {
  return {
    name: "sequence",
    title: "40 tasks",
    unit: "ms",
    better: "lower",
    samples: [38, 40, 45],
    median: 40,
    least: 38,
    most: 45,
    ...given,
  };
}
