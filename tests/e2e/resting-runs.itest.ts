// Runs that only wait for a far time leave memory, and their due time finds them again.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MillraceError } from "@millrace/core";
import { createClock, type CorrectableClock } from "@millrace/engine";
import { openStore } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const HOUR = 3_600_000_000;
const DAGS = `
  import { dag, defer } from "millrace";
  export const again = dag("again", { maxActiveRuns: 300 }, ({ task }) => {
    const first = task("first", { retries: 1, retryDelay: "1h" }, (_, { tryNumber }) => {
      if (tryNumber === 1) throw new Error("not yet");
      return tryNumber;
    });
    task("second", { input: { first } }, ({ first }) => first + 40);
  });
  export const narrow = dag("narrow", { maxActiveRuns: 1 }, ({ task }) => {
    task("waits", (_, { resumed }) => void (resumed ?? defer({ for: "1h" })));
  });
  export const pooled = dag("pooled", ({ task }) => {
    task("waits", { pool: "counted" }, (_, { resumed }) => void (resumed ?? defer({ for: "1h" })));
    task("next", { pool: "counted"  }, () => undefined);
  });
`;

/** The database's clock, put on by hand. */
function shiftedClock(): CorrectableClock & { shift: number } {
  const clock = createClock();
  const shifted = {
    ...clock,
    shift: 0,
    now: () => clock.now() + shifted.shift,
    offsetMicros: () => clock.offsetMicros() + shifted.shift,
  };
  return shifted;
}

let database: Awaited<ReturnType<typeof testDatabase>>;
let clock: ReturnType<typeof shiftedClock>;
let engine: EngineHarness;
beforeEach(async () => {
  database = await testDatabase();
  clock = shiftedClock();
  engine = await startEngine({ url: database.url, clock });
  await engine.store.queries.setPool({
    pool: "counted",
    slots: 1,
    description: "",
    includeDeferred: false,
    order: "fair",
  });
  await engine.deploy(DAGS);
});
afterEach(async () => {
  await engine.stop();
  await database.drop();
});

/** Waits until these runs wait for a time, and no run but `others` is in memory. */
async function rest(runs: readonly { readonly runId: number }[], others = 0): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const { runId } of runs) expect((await engine.store.engine.loadRun(runId))?.run.dueAt).toBeDefined();
      expect(engine.scheduler.runsInMemory).toBe(others);
    },
    { timeout: 20_000 },
  );
}

function later(micros: number): void {
  clock.shift += micros;
  engine.scheduler.wake();
}

test("a hundred runs that wait an hour for their next try are not in memory, and all go on when the hour is over", async () => {
  const runs = await Promise.all(Array.from({ length: 100 }, () => engine.trigger("again")));
  await rest(runs);
  expect(await engine.states(runs[7].runId)).toEqual({ first: "up_for_retry", second: "none" });
  later(HOUR / 2);
  expect(engine.scheduler.runsInMemory).toBe(0);
  later(HOUR / 2);
  for (const { runId } of runs) expect(await engine.ended(runId)).toBe("success");
  const { instances } = (await engine.store.engine.loadRun(runs[99].runId))!;
  expect(instances.map(({ taskId, tryNumber }) => [taskId, tryNumber])).toEqual([
    ["first", 2],
    ["second", 1],
  ]);
});

test("a run of a future date rests, and begins when its date has come", async () => {
  const now = await engine.store.engine.now();
  const { runId } = await engine.trigger("again", { logicalDate: now + 24 * HOUR });
  await rest([{ runId }]);
  later(23 * HOUR);
  expect((await engine.store.engine.loadRun(runId))?.run.state).toBe("queued");
  later(HOUR);
  await vi.waitFor(async () => expect(await engine.states(runId)).toMatchObject({ first: "up_for_retry" }), 10_000);
  later(HOUR);
  expect(await engine.ended(runId)).toBe("success");
});

test("a resting run counts for the limit of active runs", async () => {
  const first = await engine.trigger("narrow");
  await rest([first]);
  const second = await engine.trigger("narrow");
  expect((await engine.store.engine.loadRun(second.runId))?.run.state).toBe("queued");
  later(HOUR);
  expect(await engine.ended(first.runId)).toBe("success");
  await vi.waitFor(async () => expect(await engine.states(second.runId)).toEqual({ waits: "deferred" }), 10_000);
  await rest([second]);
  later(HOUR);
  expect(await engine.ended(second.runId)).toBe("success");
});

test("a command finds a resting run", async () => {
  const marked = await engine.trigger("again");
  const cleared = await engine.trigger("again");
  await rest([marked, cleared]);
  await engine.send("again", { kind: "markRun", runKey: marked.runKey, state: "failed" });
  expect(await engine.ended(marked.runId)).toBe("failed");
  await engine.send("again", { kind: "clear", runKey: cleared.runKey, select: {}, version: "same" });
  await vi.waitFor(async () => expect(await engine.states(cleared.runId)).toMatchObject({ first: "success" }), 10_000);
  expect(await engine.ended(cleared.runId)).toBe("success");
});

test("a scheduler that takes over finds resting runs by their due time", async () => {
  const runs = await Promise.all(Array.from({ length: 5 }, () => engine.trigger("again")));
  await rest(runs);
  await engine.stop();
  engine = await startEngine({ url: database.url, clock });
  await rest(runs);
  later(HOUR);
  for (const { runId } of runs) expect(await engine.ended(runId)).toBe("success");
});

test("a pool that begins to count deferred tasks counts those of resting runs", async () => {
  const { runId } = await engine.trigger("pooled");
  await vi.waitFor(
    async () => expect(await engine.states(runId)).toEqual({ waits: "deferred", next: "success" }),
    10_000,
  );
  await rest([{ runId }]);
  const other = await openStore({ url: database.url, dataFolder: engine.dataFolder });
  await other.queries.setPool({ pool: "counted", slots: 1, description: "", includeDeferred: true, order: "fair" });
  await other.close();
  await vi.waitFor(() => expect(engine.scheduler.runsInMemory).toBe(1), 10_000);
  const blocked = await engine.trigger("pooled");
  later(HOUR / 2);
  expect(await engine.states(blocked.runId)).toEqual({ waits: "scheduled", next: "scheduled" });
  later(HOUR / 2);
  expect(await engine.ended(runId)).toBe("success");
  // One of the two has the slot now.
  await vi.waitFor(
    async () => expect(Object.values(await engine.states(blocked.runId)).join()).not.toBe("scheduled,scheduled"),
    10_000,
  );
});

test("a command that changes nothing leaves an ended run out of memory, where it would count as unfinished", async () => {
  const { runId, runKey } = await engine.trigger("narrow");
  await engine.send("narrow", { kind: "markRun", runKey, state: "failed" });
  expect(await engine.ended(runId)).toBe("failed");
  await expect(
    engine.send("narrow", { kind: "clear", runKey, select: { taskIds: ["unknown"] }, version: "same" }),
  ).rejects.toThrow("has no task unknown");
  await rest([]);
});

test("an ended run that was marked is out of memory also when the answer to that commit was lost", async () => {
  const { runId, runKey } = await engine.trigger("narrow");
  await engine.send("narrow", { kind: "markRun", runKey, state: "success" });
  expect(await engine.ended(runId)).toBe("success");
  const store = engine.store.engine;
  const commit = store.commit.bind(store);
  const lost = vi.spyOn(store, "commit").mockImplementationOnce(async (batch) => {
    await commit(batch);
    throw new MillraceError("STORE_UNAVAILABLE", "the connection broke");
  });
  await engine.send("narrow", { kind: "markRun", runKey, state: "failed" });
  await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(2), 20_000);
  await rest([]);
});
