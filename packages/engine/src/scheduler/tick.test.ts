import { cron, dag, MillraceError, type Answer, type EngineStore, type Executor } from "@millrace/core";
import { expect, test } from "vitest";
import { createMemoryTickState } from "../testing/memory-tick-state.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { claim } from "./claim.ts";
import { land } from "./commit-batch.ts";
import { hasMore, tick } from "./tick.ts";
import type { TickState } from "./tick-state.ts";

const { graph } = dag("d", ({ task }) => void task("a", () => 1)).build();
const EXECUTOR = { capacity: 0, holds: () => false, stop: () => undefined } as unknown as Executor;

async function aScheduler(store: EngineStore, clock: VirtualClock): Promise<TickState> {
  return await createMemoryTickState({
    store,
    executor: EXECUTOR,
    clock,
    isStopping: () => false,
    background: (work) => void work.catch(() => undefined),
  });
}

test("a command that was put off is left to the new owner of its DAG", async () => {
  const clock = new VirtualClock(1_000_000_000);
  const empty = new Map<string, string>();
  const memory = new MemoryStore({ clock, graphs: [graph], variables: empty, connections: empty, pools: {} });
  const port = memory.port();
  let owner = 1;
  const claimDags: EngineStore["claimDags"] = async (schedulerId) =>
    schedulerId === owner ? await port.claimDags(schedulerId) : [];
  const store = { ...port, claimDags };
  const first = await aScheduler(store, clock);
  await claim(first);
  const inboxId = memory.inbox.send({ dagId: "d", command: { kind: "trigger" }, by: "user:ada" });
  const [row] = await store.readInbox(["d"], 1);
  // As when a batch is full.
  first.mail.deferred.push(row);
  const second = await aScheduler(store, clock);
  owner = second.schedulerId;
  await claim(first);
  await claim(second);
  let answer: Answer | undefined;
  void memory.inbox.wait(inboxId).then((given) => (answer = given));
  for (const state of [first, second]) {
    await tick(state);
    await land(state);
  }
  expect(answer).toMatchObject({ ok: true, runId: expect.any(Number) });
});

test("a schedule goes on when an ended run was changed in the tick in which its next run was due", async () => {
  const { graph: hourly } = dag(
    "h",
    { schedule: cron("0 * * * *"), start: "1970-01-01", maxActiveRuns: 1 },
    ({ task }) => {
      task("a", () => 1);
    },
  ).build();
  const hour = 3_600_000_000;
  const clock = new VirtualClock(100 * hour);
  const empty = new Map<string, string>();
  const memory = new MemoryStore({ clock, graphs: [hourly], variables: empty, connections: empty, pools: {} });
  const state = await aScheduler(memory.port(), clock);
  await claim(state);
  const settle = async (): Promise<void> => {
    do {
      await tick(state);
      await land(state);
    } while (hasMore(state));
  };
  await settle();
  const [first] = [...memory.runs.values()];
  const { runKey } = first.row;
  memory.inbox.send({ dagId: "h", command: { kind: "markRun", runKey, state: "success" }, by: "user:ada" });
  state.mail.inboxMayHaveRows = true;
  await settle();
  clock.advanceTo(101 * hour);
  memory.inbox.send({
    dagId: "h",
    command: { kind: "clear", runKey, select: {}, version: "same", keepRunState: true },
    by: "user:ada",
  });
  state.mail.inboxMayHaveRows = true;
  await settle();
  expect(memory.runs.size).toBe(2);
});

test("a backfill ends, though the database did not answer when it was to be told", async () => {
  const { graph: hourly } = dag("h", { schedule: cron("0 * * * *"), start: "2100-01-01" }, ({ task }) => {
    task("a", () => 1);
  }).build();
  const clock = new VirtualClock(1_000_000_000);
  const empty = new Map<string, string>();
  const memory = new MemoryStore({ clock, graphs: [hourly], variables: empty, connections: empty, pools: {} });
  const wish = { dagId: "h", from: 1, to: 2, reverse: false, reprocess: "none", maxActiveRuns: 1, conf: null } as const;
  const told: object[] = [];
  const state = await aScheduler(
    {
      ...memory.port(),
      openBackfills: async () => [{ ...wish, backfillId: 1, state: "running", by: "user:ada", createdAt: 0 }],
      advanceBackfill: async (_, to) => {
        if (told.push(to) === 1) throw new MillraceError("STORE_UNAVAILABLE", "the connection was lost");
      },
    },
    clock,
  );
  await claim(state);
  await tick(state);
  await expect.poll(() => told).toEqual([{ ended: true }, { ended: true }]);
});

test("DAGs are looked at again at once when a graph was not there", async () => {
  const { graph: hourly } = dag("h", { schedule: cron("0 * * * *"), start: "1970-01-01" }, ({ task }) => {
    task("a", () => 1);
  }).build();
  const clock = new VirtualClock(360_000_000_000);
  const empty = new Map<string, string>();
  const memory = new MemoryStore({ clock, graphs: [hourly], variables: empty, connections: empty, pools: {} });
  const state = await aScheduler({ ...memory.port(), loadGraphs: async () => [] }, clock);
  await claim(state);
  await tick(state);
  // What else waits is done by then.
  while (!state.mail.dagsMayHaveChanged && hasMore(state)) await tick(state);
  expect([state.mail.dagsMayHaveChanged, hasMore(state)]).toEqual([true, true]);
});
