import type { Profiler } from "node:inspector";
import { expect, test } from "vitest";
import { selfTimes } from "./self-times.ts";

function node(id: number, functionName: string, url: string): Profiler.ProfileNode {
  return { id, callFrame: { functionName, url, scriptId: "0", lineNumber: 9, columnNumber: 0 } };
}

const PROFILE: Profiler.Profile = {
  startTime: 0,
  endTime: 10_000,
  nodes: [
    node(1, "(idle)", ""),
    node(2, "tick", "file:///repo/packages/engine/src/tick.ts"),
    node(3, "query", "file:///repo/node_modules/@scope/driver/lib/a.js"),
    node(4, "send", "file:///repo/node_modules/@scope/driver/lib/b.js"),
    node(5, "(garbage collector)", ""),
  ],
  samples: [1, 2, 3, 4, 5, 2],
  timeDeltas: [4_000, 1_000, 2_500, 1_500, 500, 1_000],
};

test("waiting is not work", () => {
  expect(selfTimes(PROFILE, "/repo")).toMatchObject({ totalMs: 10.5, busyMs: 6.5 });
});

test("the files of a package are one module, our own files are one each", () => {
  expect(selfTimes(PROFILE, "/repo").modules).toEqual([
    { name: "@scope/driver", ms: 4 },
    { name: "packages/engine/src/tick.ts", ms: 2 },
    { name: "(garbage collector)", ms: 0.5 },
  ]);
});

test("functions are named with their place", () => {
  expect(selfTimes(PROFILE, "/repo").functions[0]).toEqual({ name: "query @scope/driver:10", ms: 2.5 });
});
