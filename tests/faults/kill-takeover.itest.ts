// R4, R5, R9, R10. A scheduler that dies while it takes over what a dead one has left: the next one takes over from both.
import type { FaultPoint } from "@millrace/engine";
import { testDatabase } from "@millrace/store/testing";
import { afterAll, expect, test, vi } from "vitest";
import { faultyProject, type FaultyProject } from "./harness/faulty-project.ts";
import type { Death, Passings } from "./harness/protocol.ts";
import { runToDeath, runToEnd } from "./harness/run-to-end.ts";
import type { SystemProcess } from "./harness/system-process.ts";

const DAG_FILES = ["everything.dag.ts"];
/** In the middle of a run of {@link DAG_FILES}. */
const IN_THE_MIDDLE: Death = { point: "afterCommit", passing: 12 };

const NARROW = `insert into millrace.pool (pool, slots) values ('narrow', 1)`;
const project = await faultyProject({ dagFiles: DAG_FILES });
afterAll(() => project[Symbol.asyncDispose]());
let system = await project.launch();
await project.withDatabase((pool) => pool.query(NARROW));
await system.send("everything", { kind: "trigger", runKey: "undisturbed" });
const undisturbed = await runToEnd(project, "undisturbed");

/** A takeover that nobody disturbs: its points are where others die. */
async function pointsOfTakeover(): Promise<readonly Death[]> {
  await runToDeath(project, system, { dagId: "everything", runKey: "taken-over-once", death: IN_THE_MIDDLE });
  system = await project.launch({ point: "beforeCommit", passing: Infinity });
  expect((await runToEnd(project, "taken-over-once")).state).toEqual(undisturbed.state);
  return firstOf(await system.passings());
}

/** The first passing of each point, and the second commit: by then what was taken over is on its way. */
function firstOf(passings: Passings): readonly Death[] {
  const points = (Object.keys(passings) as FaultPoint[]).filter((point) => !point.endsWith("Callback"));
  const deaths = points.map((point): Death => ({ point, passing: 1, withPostgres: point === "afterTakeover" }));
  return [...deaths, { point: "beforeCommit", passing: 2 }];
}

test.concurrent(
  "one after the other dies in its takeover, each at another point: the last one ends the run",
  async ({ expect }) => {
    const deaths = await pointsOfTakeover();
    expect(deaths.map(({ point }) => point)).toEqual(expect.arrayContaining(["beforeTakeover", "afterTakeover"]));
    await runToDeath(project, system, { dagId: "everything", runKey: "taken-over-often", death: IN_THE_MIDDLE });
    for (const death of deaths) {
      const heir = await project.launch(death);
      expect(await heir.ended, JSON.stringify(death)).toBe("SIGKILL");
    }
    system = await project.launch();
    const run = await runToEnd(project, "taken-over-often");
    expect(run.state).toEqual(undisturbed.state);
    expect(run.lost.filter((line) => !line.endsWith("SCHEDULER_ENDED"))).toEqual([]);
  },
);

test.concurrent.for<FaultPoint>(["beforeTakeover", "afterTakeover"])(
  "a scheduler that lives beside it takes over after 15 s and dies of it, %s: a third one takes over from both",
  async (point, { expect }) => {
    await using database = await testDatabase();
    await using shared = await faultyProject({ dagFiles: DAG_FILES, url: database.url });
    const systems = [await shared.launch(), await shared.launch()] as const;
    await shared.withDatabase((pool) => pool.query(NARROW));
    const [owner, heir] = await shares(shared, systems);
    heir.die({ point, passing: 1 });
    const begun = performance.now();
    await runToDeath(shared, owner, { dagId: "everything", runKey: "r", death: IN_THE_MIDDLE });
    expect(await heir.ended).toBe("SIGKILL");
    // Not before the owner looked dead.
    expect(performance.now() - begun).toBeGreaterThan(13_000);
    await shared.launch();
    const run = await runToEnd(shared, "r");
    expect(run.state).toEqual(undisturbed.state);
    expect(run.lost.filter((line) => !line.endsWith("SCHEDULER_ENDED"))).toEqual([]);
  },
);

/** Waits until both drive a DAG. @returns the one that drives `everything` first. */
async function shares(
  { withDatabase }: FaultyProject,
  [a, b]: readonly [SystemProcess, SystemProcess],
): Promise<readonly [SystemProcess, SystemProcess]> {
  return await withDatabase((pool) =>
    vi.waitFor(
      async () => {
        const { rows } = await pool.query<{ dag_id: string; pid: number }>(
          "select d.dag_id, s.pid::int as pid from millrace.dag d join millrace.scheduler s on s.scheduler_id = d.owner order by 1",
        );
        expect(rows.map((row) => row.pid).sort()).toEqual([a.process.pid, b.process.pid].sort());
        return rows[0].pid === a.process.pid ? [a, b] : [b, a];
      },
      { timeout: 30_000, interval: 50 },
    ),
  );
}
