import { expect, test } from "vitest";
import { instanceQueryOf } from "./instance-filters.model.ts";

test("filters of the URL are asked for, numbers as numbers", () => {
  const at = "2026-01-01T00:00:00.000Z";
  expect(instanceQueryOf({ states: "failed", taskId: "load", startedFrom: at, minSeconds: "1.5" })).toEqual({
    states: "failed",
    taskId: "load",
    startedFrom: at,
    minSeconds: 1.5,
  });
});

test("what is no instant or no number is left out", () => {
  expect(instanceQueryOf({ endedTo: "soon", minSeconds: "long", maxSeconds: "-1" })).toEqual({});
});
