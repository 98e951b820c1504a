// R2. A commit whose answer was lost is found in the rows, and memory has nothing that they do not.
import { dag, MillraceError, type Executor } from "@millrace/core";
import { expect, test } from "vitest";
import { createMemoryTickState } from "../testing/memory-tick-state.ts";
import { MemoryStore } from "../testing/memory-store.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { claim } from "./claim.ts";
import { land } from "./commit-batch.ts";
import { hasMore, tick } from "./tick.ts";
import type { TickState } from "./tick-state.ts";

const EXECUTOR = { capacity: 0, holds: () => false, stop: () => undefined } as unknown as Executor;

interface Anew {
  readonly state: TickState;
  readonly memory: MemoryStore;
  readonly runId: number;
  readonly world: { owns: boolean; losesAnswer: boolean };
}

/** A run of which this scheduler has a result in memory. */
async function aRunWithResult(): Promise<Anew> {
  const { graph } = dag("d", ({ task }) => void task("a", () => 1)).build();
  const clock = new VirtualClock(1_000_000_000);
  const empty = new Map<string, string>();
  const memory = new MemoryStore({ clock, graphs: [graph], variables: empty, connections: empty, pools: {} });
  const port = memory.port();
  const world = { owns: true, losesAnswer: false };
  const state = await createMemoryTickState({
    store: {
      ...port,
      claimDags: async (schedulerId) => (world.owns ? await port.claimDags(schedulerId) : []),
      commit: async (batch) => {
        const result = await port.commit(batch);
        if (!world.losesAnswer) return result;
        world.losesAnswer = false;
        throw new MillraceError("STORE_UNAVAILABLE", "the connection was lost");
      },
    },
    executor: EXECUTOR,
    clock,
    isStopping: () => false,
    background: (work) => void work.catch(() => undefined),
  });
  await claim(state);
  memory.inbox.send({ dagId: "d", command: { kind: "trigger" }, by: "user:ada" });
  await settle(state);
  const [runId = 0] = state.owned.runs.keys();
  state.results.put(runId, "a", -1, { json: "1" });
  return { state, memory, runId, world };
}

async function settle(state: TickState): Promise<void> {
  do {
    await tick(state);
    await land(state);
  } while (hasMore(state));
}

test("a clear whose answer was lost leaves no result of before in memory", async () => {
  const { state, memory, runId, world } = await aRunWithResult();
  const { runKey } = memory.runs.get(runId)!.row;
  memory.inbox.send({
    dagId: "d",
    command: { kind: "markTasks", runKey, select: { taskIds: ["a"] }, state: "failed" },
    by: "user:ada",
  });
  state.mail.inboxMayHaveRows = true;
  await settle(state);
  state.results.put(runId, "a", -1, { json: "1" });
  memory.inbox.send({ dagId: "d", command: { kind: "clear", runKey, select: {}, version: "same" }, by: "user:ada" });
  state.mail.inboxMayHaveRows = true;
  world.losesAnswer = true;
  await settle(state);
  expect(state.owned.runs.has(runId)).toBe(true);
  expect(state.results.find(runId, "a", -1)).toBeUndefined();
});

test("a run that another scheduler has driven meanwhile has none of its results in memory", async () => {
  const { state, runId, world } = await aRunWithResult();
  world.owns = false;
  await claim(state);
  world.owns = true;
  await claim(state);
  expect(state.owned.runs.has(runId)).toBe(true);
  expect(state.results.find(runId, "a", -1)).toBeUndefined();
});
