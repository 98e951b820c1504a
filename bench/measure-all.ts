import type { Bench } from "./bench.ts";
import { describeMachine } from "./machine.ts";
import type { BenchArguments } from "./options.ts";
import { measurePeers } from "./peers/measure-peers.ts";
import { describeSettings } from "./report/describe-settings.ts";
import { outcomeOf } from "./report/outcome.ts";
import type { Results } from "./report/results.ts";
import type { Outcome, Workload } from "./workload.ts";

/** Measures the wanted ones of these workloads, and the peers when they are wanted too. */
export async function measureAll(
  bench: Bench,
  { only, isQuick, withPeers }: Pick<BenchArguments, "only" | "isQuick" | "withPeers">,
  workloads: readonly Workload[],
): Promise<Results> {
  const beganMs = performance.now();
  const { scale } = bench;
  const machine = await describeMachine(bench);
  const outcomes: Outcome[] = [];
  for (const workload of workloads.filter(({ name }) => only?.includes(name) ?? true)) {
    bench.progress.begin(workload.title(scale));
    outcomes.push(outcomeOf(workload, scale, await workload.run(bench)));
  }
  const comparison = withPeers ? await measurePeers(bench, isQuick ? "quick" : "full") : undefined;
  return {
    at: new Date().toISOString(),
    seconds: Math.round((performance.now() - beganMs) / 1_000),
    isQuick,
    scale,
    machine,
    settings: describeSettings(),
    outcomes,
    memory: bench.memoryNotes,
    ...(comparison && { comparison }),
  };
}
