import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DatabasePool } from "../postgres/index.ts";
import { WakeUps } from "./wake-ups.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const POOLER = { hasSessions: false } as DatabasePool;

test("without sessions everybody is woken each 250 ms, however many others begin to wait", async () => {
  await using wakeUps = disposable(new WakeUps(POOLER, () => undefined));
  const woken = vi.fn();
  await wakeUps.listen(["answers"], woken);
  for (let i = 0; i < 20; i += 1) {
    await vi.advanceTimersByTimeAsync(100);
    const other = await wakeUps.subscribe(["answers"]);
    await other[Symbol.asyncDispose]();
  }
  expect(woken).toHaveBeenCalledTimes(8);
});

test("who begins to listen while the last one stops is woken", async () => {
  await using wakeUps = disposable(new WakeUps(POOLER, () => undefined));
  const stop = await wakeUps.listen(["answers"], () => undefined);
  const woken = vi.fn();
  await Promise.all([stop(), wakeUps.listen(["answers"], woken)]);
  await vi.advanceTimersByTimeAsync(300);
  expect(woken).toHaveBeenCalledTimes(1);
});

function disposable(wakeUps: WakeUps): WakeUps & AsyncDisposable {
  return Object.assign(wakeUps, { [Symbol.asyncDispose]: () => wakeUps.close() });
}
