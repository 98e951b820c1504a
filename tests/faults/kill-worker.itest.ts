// R3, R9. Workers that are killed, and schedulers that are killed by what runs in their workers: the run ends as if nothing had happened.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runToDeath, runToEnd } from "./harness/run-to-end.ts";
import { sharedStage, type Stage } from "./harness/shared-stage.ts";
import type { Deed, Strike } from "./harness/tell.ts";

type Blow = Omit<Strike, "runKey">;

const stage = await sharedStage(["everything.dag.ts", "once.dag.ts", "companion.dag.ts"], ({ withDatabase }) =>
  withDatabase((pool) => pool.query(`insert into millrace.pool (pool, slots) values ('narrow', 1)`)),
);

// The points are those that an undisturbed run passes.
await stage.now.system.send("everything", { kind: "trigger", runKey: "undisturbed" });
const undisturbed = await runToEnd(stage.now.project, "undisturbed");
const [ofWorkers, ofSchedulers] = blowsOf(
  (await stage.now.project.deeds()).filter(({ runKey }) => runKey === "undisturbed"),
);

/** A few tasks for each kind of place, evenly spread over those that pass it: their process dies there. A scheduler takes longer to come back, it dies once per kind. */
function blowsOf(deeds: readonly Deed[]): readonly [readonly Blow[], readonly Blow[]] {
  const withPhase = (phase: Deed["phase"]): readonly string[] => [
    ...new Set(deeds.filter((deed) => deed.phase === phase).map(({ taskId }) => taskId)),
  ];
  const inline = withPhase("end").filter((taskId) => taskId !== "blob");
  const places = [
    ["body", spread(withPhase("start"), 4)],
    ["unsent", spread(inline, 2)],
    ["sent", spread(inline.toReversed(), 2)],
    ["storing", ["blob"]],
    ["stored", ["blob"]],
    ["look", withPhase("look")],
    ["callback", spread(withPhase("callback"), 1)],
  ] as const;
  const blows = (whom: Blow["whom"], most: number): readonly Blow[] =>
    places.flatMap(([at, tasks]) => tasks.slice(0, most).map((taskId) => ({ taskId, at, whom })));
  return [blows("worker", Infinity), blows("scheduler", 1)];
}

function spread<T>(all: readonly T[], most: number): readonly T[] {
  return all.filter((_, at) => Math.floor((at * most) / all.length) !== Math.floor(((at - 1) * most) / all.length));
}

/** Tries of the task that were lost with their process. */
const lostOf = (lost: readonly string[], taskId: string): readonly string[] =>
  lost.filter((line) => line.startsWith(`${taskId} `) || line.startsWith(`${taskId}[`));

/** Has another task run in the worker until `end` is called. */
async function beginCompanion(
  { project, system }: Stage,
  runKey: string,
): Promise<{ readonly end: () => Promise<void> }> {
  await system.send("companion", { kind: "trigger", runKey });
  const starts = async (): Promise<readonly Deed[]> => (await project.deeds()).filter((deed) => deed.runKey === runKey);
  await expect.poll(starts, { timeout: 20_000, interval: 5 }).not.toEqual([]);
  return { end: () => writeFile(join(project.folder, `go-${runKey}`), "") };
}

describe("kill -9 of the worker: what it held is done again, alone in a fresh process, and pays nothing for it", () => {
  test.each(ofWorkers)("$taskId, $at", async (blow) => {
    const { project, system } = stage.now;
    const runKey = `${blow.taskId}-${blow.at}`;
    const companion = await beginCompanion(stage.now, `${runKey}-companion`);
    await project.strike({ ...blow, runKey });
    await system.send("everything", { kind: "trigger", runKey });
    const run = await runToEnd(project, runKey);
    await companion.end();
    expect(project.hasStruck()).toBe(true);
    expect(run.state).toEqual(undisturbed.state);
    const ownCallbacks = (await project.deeds()).filter(
      (deed) => deed.runKey === runKey && deed.taskId === blow.taskId && deed.phase === "callback",
    );
    if (blow.at === "callback") expect(ownCallbacks).toHaveLength(2);
    // What a worker had sent counts.
    else expect(lostOf(run.lost, blow.taskId)).toHaveLength(blow.at === "sent" ? 0 : 1);
    expect(run.lost.filter((line) => !line.endsWith("PROCESS_DIED"))).toEqual([]);
  });
});

describe("kill -9 of the scheduler by what runs in its worker: the next start goes on", () => {
  test.each(ofSchedulers)("$taskId, $at", async (blow) => {
    const { now } = stage;
    const { project } = now;
    const runKey = `${blow.taskId}-${blow.at}-scheduler`;
    await project.strike({ ...blow, runKey });
    await runToDeath(project, now.system, { dagId: "everything", runKey });
    expect(project.hasStruck()).toBe(true);
    now.system = await project.launch();
    const run = await runToEnd(project, runKey);
    expect(run.state).toEqual(undisturbed.state);
    expect(run.lost.filter((line) => !line.endsWith("SCHEDULER_ENDED"))).toEqual([]);
  });
});

describe("R9: a task that must never start twice", () => {
  test.each<Blow["whom"]>(["worker", "scheduler"])(
    "fails, and says that it may have run, when its %s dies in it",
    async (whom) => {
      const { now } = stage;
      const { project } = now;
      const runKey = `once-${whom}`;
      await project.strike({ runKey, taskId: "charge", at: "body", whom });
      if (whom === "worker") await now.system.send("once", { kind: "trigger", runKey });
      else {
        await runToDeath(project, now.system, { dagId: "once", runKey });
        now.system = await project.launch();
      }
      const run = await runToEnd(project, runKey);
      expect(run.state.instances["charge"]).toMatchObject({ state: "failed", cause: "MAY_HAVE_RUN" });
      expect(run.state.instances["receipt"]).toMatchObject({ state: "upstream_failed" });
      const starts = (await project.deeds()).filter((deed) => deed.runKey === runKey && deed.phase === "start");
      expect(starts.map(({ taskId }) => taskId)).toEqual(["charge"]);
    },
  );
});
