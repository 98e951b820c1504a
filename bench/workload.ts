import type { Bench } from "./bench.ts";
import type { Scale } from "./scale.ts";

/** Something that the bench measures. */
export interface Workload {
  /** For `--only`. */
  readonly name: string;
  /** What is measured, in a line. */
  readonly title: (scale: Scale) => string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** What it must reach, and what it is to reach, in its unit. Absent: shown for comparison only. */
  readonly must?: number;
  readonly aim?: number;
  /** Measures; a sample for each repetition, in its unit. */
  run(bench: Bench): Promise<readonly number[]>;
}

/** What came of a workload. */
export interface Outcome extends Pick<Workload, "name" | "unit" | "better" | "must" | "aim"> {
  readonly title: string;
  readonly samples: readonly number[];
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Whether the median reaches `must`; absent without one. */
  readonly isReached?: boolean;
}
