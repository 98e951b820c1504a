import { expect, test } from "vitest";
import { partsOfPool, type Pool } from "./pool-use.model.ts";

const POOL: Pool = {
  pool: "p",
  slots: 10,
  description: null,
  includeDeferred: false,
  order: "fair",
  use: { scheduled: 9, queued: 1, running: 4, deferred: 5 },
  occupied: 5,
};

test("a bar shows who takes slots; those who wait for one are not in it", () => {
  expect(partsOfPool(POOL)).toEqual([
    { state: "running", slots: 4, percent: 40 },
    { state: "queued", slots: 1, percent: 10 },
  ]);
});

test("deferred ones are in it where they keep their slots", () => {
  expect(partsOfPool({ ...POOL, includeDeferred: true, occupied: 10 }).map(({ state }) => state)).toEqual([
    "running",
    "queued",
    "deferred",
  ]);
});

test("a bar never overflows: of a pool that was made smaller, nor of one without a limit", () => {
  for (const slots of [3, -1, 0])
    expect(partsOfPool({ ...POOL, slots }).reduce((sum, { percent }) => sum + percent, 0)).toBeLessThanOrEqual(100);
});
