import { expect, test } from "vitest";
import { ReadyQueue, type ReadyEntry } from "./ready-queue.ts";

const entry = (runId: number, priority = 1): ReadyEntry => ({
  runId,
  slot: 0,
  priority,
  logicalDate: runId,
  mapIndex: -1,
});
/** Takes `free` slots, one an entry. @returns who got them: `dag` or `dag*` for a backfill */
function take(queue: ReadyQueue, free: number, order: "fair" | "priority" = "fair"): readonly string[] {
  const taken: string[] = [];
  queue.take(free, order, (dagId, { runId }) => {
    taken.push(runId >= 1_000 ? `${dagId}*` : dagId);
    return { verdict: "take", cost: 1 };
  });
  return taken;
}
function filled(runs: Readonly<Record<string, number>>, backfills: Readonly<Record<string, number>> = {}): ReadyQueue {
  const queue = new ReadyQueue();
  for (const [dagId, count] of Object.entries(runs)) for (let i = 0; i < count; i += 1) queue.push({ dagId }, entry(i));
  for (const [dagId, count] of Object.entries(backfills))
    for (let i = 0; i < count; i += 1) queue.push({ dagId, backfillId: 1 }, entry(1_000 + i));
  return queue;
}

test("DAGs take turns, however much one has", () => {
  expect(take(filled({ a: 100, b: 2, c: 1 }), 6)).toEqual(["a", "b", "c", "a", "b", "a"]);
});

test("backfills get every second turn while others wait, and all turns when nobody else does", () => {
  const queue = filled({ a: 2, b: 1 }, { a: 100, c: 100 });
  expect(take(queue, 8)).toEqual(["a", "a*", "b", "c*", "a", "a*", "c*", "a*"]);
  queue.push({ dagId: "b" }, entry(7));
  // Slots that are freed one by one keep to it.
  expect([take(queue, 1), take(queue, 1), take(queue, 1)].flat()).toEqual(["b", "c*", "a*"]);
});

test("by priority the best of all DAGs goes first, and still every second turn is no backfill's", () => {
  const queue = filled({ a: 1 }, { b: 3 });
  queue.push({ dagId: "b", backfillId: 1 }, entry(1_500, 9));
  queue.push({ dagId: "c" }, entry(1, 5));
  expect(take(queue, 6, "priority")).toEqual(["c", "b*", "a", "b*", "b*", "b*"]);
});

test("what is forgotten is neither offered nor counted", () => {
  const queue = filled({ a: 1, b: 1 }, { a: 1 });
  queue.forget("a");
  expect([queue.size, queue.dagIds, take(queue, 5)]).toEqual([1, ["b"], ["b"]]);
});

test("an empty queue offers nothing", () => {
  expect(take(new ReadyQueue(), 3)).toEqual([]);
});
