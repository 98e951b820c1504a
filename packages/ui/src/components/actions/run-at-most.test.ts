import { expect, test } from "vitest";
import { runAtMost } from "./run-at-most.ts";

test("works on at most so many at once, and answers in the order of the items", async () => {
  let active = 0;
  let most = 0;
  const results = await runAtMost(2, [3, 1, 2, 0], async (item) => {
    active += 1;
    most = Math.max(most, active);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    active -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test("begins nothing after it was stopped", async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  await runAtMost(
    1,
    [1, 2, 3],
    (item) => {
      begun.push(item);
      if (item === 2) stop.abort();
      return Promise.resolve();
    },
    stop.signal,
  );
  expect(begun).toEqual([1, 2]);
});
