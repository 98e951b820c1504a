// R1. What is too large for one commit is promised in one and carried out in several: kill -9 between any two of them.
import type { Command } from "@millrace/core";
import { expect, test } from "vitest";
import type { FinalState } from "./harness/final-state.ts";
import type { Death, Passings } from "./harness/protocol.ts";
import { runToDeath, runToEnd } from "./harness/run-to-end.ts";
import { sharedStage } from "./harness/shared-stage.ts";

const stage = await sharedStage(["large.dag.ts"]);

interface Wish {
  readonly command: (runKey: string) => Command;
  /** How often each instance was wanted, once it is carried out. */
  readonly times: number;
}

/** What is promised to a run, one after the other. */
const WISHES: readonly Wish[] = [
  { command: (runKey) => ({ kind: "trigger", runKey }), times: 1 },
  {
    command: (runKey) => ({
      kind: "clear",
      runKey,
      select: { taskIds: ["each"], downstream: true },
      version: "same",
    }),
    times: 2,
  },
  { command: (runKey) => ({ kind: "markTasks", runKey, select: { taskIds: ["each"] }, state: "failed" }), times: 2 },
];

interface Carried {
  readonly state: FinalState;
  readonly passings: Passings;
}

async function carryOutUndisturbed({ command, times }: Wish): Promise<Carried> {
  const { project, system } = stage.now;
  system.die({ point: "beforeObligation", passing: Infinity });
  await system.send("large", command("undisturbed"));
  const { state } = await runToEnd(project, "undisturbed", times);
  return { state, passings: await system.passings() };
}

const undisturbed: Carried[] = [];
for (const wish of WISHES) undisturbed.push(await carryOutUndisturbed(wish));

// Each of them passes these points.
const deaths: readonly Death[] = [
  { point: "beforeObligation", passing: 1, withPostgres: true },
  { point: "beforeObligation", passing: 2 },
];

test("undisturbed, each promise is carried out whole, in several steps", () => {
  for (const { passings } of undisturbed) expect(passings.beforeObligation).toBeGreaterThanOrEqual(2);
  const [mapped, cleared, marked] = undisturbed.map(({ state: { instances } }) =>
    ["each[0]", "each[4099]", "sum", "odd"].map((name) => instances[name].state),
  );
  expect(mapped).toEqual(["success", "success", "success", "skipped"]);
  expect(cleared).toEqual(mapped);
  expect(marked).toEqual(["failed", "failed", "success", "skipped"]);
  expect(undisturbed[0].state.instances["sum"].value).toBe(4_100 * 4_099);
  expect(undisturbed[1].state.instances["each[4099]"].earlier).toEqual(["success"]);
});

test.each(deaths)(
  "a map, a clear and a mark of 4 100, each with kill -9 at $point, passing $passing: the next scheduler carries it out",
  async (death) => {
    const { now } = stage;
    const { project } = now;
    const runKey = `${death.point}-${death.passing}`;
    for (const [at, { command, times }] of WISHES.entries()) {
      await runToDeath(project, now.system, { dagId: "large", runKey, command: command(runKey), death });
      now.system = await project.launch();
      expect((await runToEnd(project, runKey, times)).state).toEqual(undisturbed[at].state);
    }
  },
);
