import type { MemoryNote } from "../bench.ts";
import type { Machine } from "../machine.ts";
import type { Comparison } from "../peers/measure-peers.ts";
import type { Scale } from "../scale.ts";
import type { Outcome } from "../workload.ts";

/** Everything that a bench found out: what `--json` writes and the page of the reference is made from. */
export interface Results {
  /** ISO instant of its end, UTC. */
  readonly at: string;
  /** How long it took. */
  readonly seconds: number;
  readonly isQuick: boolean;
  readonly scale: Scale;
  readonly machine: Machine;
  /** The settings that decide the figures, a line each. */
  readonly settings: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly memory: readonly MemoryNote[];
  readonly comparison?: Comparison;
}
