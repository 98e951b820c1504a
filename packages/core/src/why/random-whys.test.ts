import fc from "fast-check";
import { expect, test } from "vitest";
import { isTerminal } from "../model/states.ts";
import { play } from "../plan/testing/play.ts";
import { randomGraphs } from "../plan/testing/random-graph.ts";
import type { World } from "../plan/testing/world.ts";
import type { Blocker } from "./blocker.ts";
import { caseOf, said } from "./testing/a-case.ts";
import { whyInstance } from "./why-instance.ts";

// MILLRACE_RANDOM_RUNS=20000 for a long search.
const numRuns = Number(process.env.MILLRACE_RANDOM_RUNS ?? 150);
const timeout = 10_000 + numRuns * 100;
const seed = fc.nat({ max: 2 ** 30 });

/** Direct upstream tasks of an instance with instances that have not ended or that failed, straight from the run in memory. */
function openOrBadAbove({ run }: World, slot: number): readonly string[] {
  const { compiled } = run;
  const task = run.task[slot];
  return compiled.tasks[task].upstream
    .filter(({ task: above }) => {
      const isSame = compiled.scope[task] >= 0 && compiled.scope[task] === compiled.scope[above];
      const slots = isSame ? [run.slotOf(above, run.mapIndex[slot])] : [...run.slotsOf(above)];
      if (slots.length < run.expected[above] && !isSame) return true;
      return slots.some((s) => s < 0 || !["success", "skipped", "removed"].includes(run.stateOf(s)));
    })
    .map(({ task: above }) => compiled.tasks[above].taskId);
}

/** Asks of every instance of a world at rest; counts what was answered. */
function askAll(world: World, seen: Map<string, number>): void {
  const { run } = world;
  const at = caseOf(world);
  for (let slot = 0; slot < run.length; slot += 1) {
    if (run.task[slot] < 0) continue;
    const instance = run.instance(slot);
    const { taskId } = run.compiled.tasks[instance.task];
    const blockers = whyInstance(at, { ...instance, taskId });
    expect(blockers.length, `${taskId} is ${instance.state}`).toBeGreaterThan(0);
    for (const { kind } of blockers) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    for (const { reason } of said(blockers, world.now)) expect(reason).toMatch(/^[A-Z].*[.!?]$/s);
    if (isTerminal(instance.state)) expect(blockers.map(({ kind }) => kind)).toEqual(["ended"]);
    const rule = blockers.find(
      (blocker): blocker is Extract<Blocker, { kind: "upstream" }> => blocker.kind === "upstream",
    );
    if (rule) expect(rule.tasks.map((task) => task.taskId)).toEqual(openOrBadAbove(world, slot));
    // The plan has nothing to decide here, so neither has the answer.
    if (instance.state === "none" && run.head.state === "running")
      expect(blockers).not.toContainEqual({ kind: "nextTick" });
  }
}

test("every unfinished instance of a random run says what keeps it, by the rules that keep it", { timeout }, () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(randomGraphs, seed, seed, (graph, endings, order) => {
      play({
        graph,
        endings,
        order,
        watch: (world) => {
          if (!world.hasFollowUps && world.run.head.obligations.length === 0) askAll(world, seen);
        },
      });
    }),
    { numRuns },
  );
  for (const kind of ["upstream", "list", "ended", "handedOver", "running", "retry", "reschedule", "deferred"])
    expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(0);
});
