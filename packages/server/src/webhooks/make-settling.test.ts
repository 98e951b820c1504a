import { MillraceError } from "@millrace/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeSettling } from "./make-settling.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("commands of one DAG that come together are settled as one, by the newest", async () => {
  const settled: string[] = [];
  const settling = makeSettling(async (dagId, inboxId) => void settled.push(`${dagId} ${inboxId}`), vi.fn());
  for (const inboxId of [1, 2, 3]) settling.add("a", inboxId);
  settling.add("b", 4);
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toEqual(["a 1", "b 4"]);
  await vi.advanceTimersByTimeAsync(250);
  expect(settled).toEqual(["a 1", "b 4", "a 3"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(settled).toHaveLength(3);
});

test("a command that comes while its DAG rests is settled after the rest", async () => {
  const settled: number[] = [];
  const settling = makeSettling(async (_, inboxId) => void settled.push(inboxId), vi.fn());
  settling.add("a", 1);
  await vi.advanceTimersByTimeAsync(100);
  settling.add("a", 2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(settled).toEqual([1, 2]);
});

test("what fails is told, and does not hold up other DAGs", async () => {
  const settled: string[] = [];
  const failed = vi.fn();
  const settle = async (dagId: string): Promise<void> => {
    if (dagId === "a") throw new Error("nobody answers");
    settled.push(dagId);
  };
  const settling = makeSettling(settle, failed);
  settling.add("a", 1);
  settling.add("b", 2);
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toEqual(["b"]);
  expect(failed).toHaveBeenCalledOnce();
});

test("the end waits for what is under way and begins nothing more", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = vi.fn(() => promise);
  const settling = makeSettling(settle, vi.fn());
  settling.add("a", 1);
  settling.add("b", 2);
  let hasEnded = false;
  const end = settling.end().then(() => (hasEnded = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hasEnded).toBe(false);
  resolve();
  await end;
  settling.add("c", 3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(settle).toHaveBeenCalledOnce();
});

test("what fails is tried again after longer and longer rests, until it works", async () => {
  const times: number[] = [];
  const settle = async (): Promise<void> => {
    times.push(Date.now());
    if (times.length < 4) throw new Error("nobody answers");
  };
  const settling = makeSettling(settle, vi.fn());
  settling.add("a", 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(times.map((time) => time - times[0])).toEqual([0, 500, 1_500, 3_500]);
});

test("a DAG that is gone is not asked for again", async () => {
  const settle = vi.fn(() => Promise.reject(new MillraceError("NOT_FOUND", "there is no DAG a")));
  const settling = makeSettling(settle, vi.fn());
  settling.add("a", 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(settle).toHaveBeenCalledOnce();
});
