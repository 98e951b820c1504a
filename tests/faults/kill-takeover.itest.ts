// R4, R5, R9, R10. A scheduler that dies while it takes over what a dead one has left: the next one takes over from both.
import type { FaultPoint } from "@millrace/engine";
import { testDatabase } from "@millrace/store/testing";
import { expect, test, vi } from "vitest";
import { faultyProject, type FaultyProject } from "./harness/faulty-project.ts";
import type { FinalState } from "./harness/final-state.ts";
import type { Death, Passings } from "./harness/protocol.ts";
import { runToDeath, runToEnd, untilDeath } from "./harness/run-to-end.ts";
import type { SystemProcess } from "./harness/system-process.ts";

const DAG_FILES = ["everything.dag.ts"];
const NARROW = `insert into millrace.pool (pool, slots) values ('narrow', 1)`;

// What is compared with needs no process that goes on: each test, and each attempt of one, has a project of its own.
const undisturbed = await runUndisturbed();

async function runUndisturbed(): Promise<FinalState> {
  await using project = await faultyProject({ dagFiles: DAG_FILES });
  const system = await project.launch();
  await project.withDatabase((pool) => pool.query(NARROW));
  await system.send("everything", { kind: "trigger", runKey: "undisturbed" });
  return (await runToEnd(project, "undisturbed")).state;
}

/**
 * Kills a scheduler in the middle of a run, wherever its commits are: by what runs in its worker, with as much behind it as what all heirs together
 * can do before they die.
 */
async function dieInTheMiddle(project: FaultyProject, owner: SystemProcess, runKey: string): Promise<void> {
  await project.strike({ runKey, taskId: "second", at: "body", whom: "scheduler" });
  await runToDeath(project, owner, { dagId: "everything", runKey });
  expect(project.hasStruck()).toBe(true);
}

/** A takeover that nobody disturbs: its points are where others die. @returns them, and the scheduler that has passed them */
async function pointsOfTakeover(project: FaultyProject): Promise<readonly [readonly Death[], SystemProcess]> {
  const first = await project.launch();
  await project.withDatabase((pool) => pool.query(NARROW));
  await dieInTheMiddle(project, first, "taken-over-once");
  const heir = await project.launch({ point: "beforeCommit", passing: Infinity });
  expect((await runToEnd(project, "taken-over-once")).state).toEqual(undisturbed);
  return [firstOf(await heir.passings()), heir];
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
    await using project = await faultyProject({ dagFiles: DAG_FILES });
    const [deaths, owner] = await pointsOfTakeover(project);
    expect(deaths.map(({ point }) => point)).toEqual(expect.arrayContaining(["beforeTakeover", "afterTakeover"]));
    await dieInTheMiddle(project, owner, "taken-over-often");
    for (const death of deaths) {
      const heir = await project.launch(death);
      expect(await untilDeath(project, heir, "taken-over-often"), JSON.stringify(death)).toBe("died");
    }
    await project.launch();
    const run = await runToEnd(project, "taken-over-often");
    expect(run.state).toEqual(undisturbed);
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
    await dieInTheMiddle(shared, owner, "r");
    expect(await untilDeath(shared, heir, "r")).toBe("died");
    // Not before the owner looked dead.
    expect(performance.now() - begun).toBeGreaterThan(13_000);
    await shared.launch();
    const run = await runToEnd(shared, "r");
    expect(run.state).toEqual(undisturbed);
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
