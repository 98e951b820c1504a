import { expect, test } from "vitest";
import { openBatches } from "./event-batches.ts";

const limits = { maxEvents: 3, maxBytes: 100, lingerMs: 100, eventBytes: 10 };
const event = (key: string, bytes = 5) => ({ key, value: "v".repeat(bytes - key.length) });

test("a batch is full with its last event, and before an event that it has no room for", () => {
  const batches = openBatches(limits, () => 0);
  expect([batches.add(event("a")), batches.add(event("b"))]).toEqual([undefined, undefined]);
  expect(batches.add(event("c"))).toHaveLength(3);
  expect(batches.add(event("d", 70))).toBeUndefined();
  expect(batches.add(event("e", 70))).toMatchObject([{ key: "d" }]);
  expect(batches.rest()).toMatchObject([{ key: "e" }]);
  expect(batches.counts()).toEqual({ published: 5, rejected: 0 });
});

test("an event that no batch has room for is rejected alone", () => {
  const batches = openBatches(limits, () => 0);
  batches.add(event("a"));
  expect(batches.add(event("b", 91))).toBeUndefined();
  expect(batches.rest()).toMatchObject([{ key: "a" }]);
  expect(batches.counts()).toEqual({ published: 1, rejected: 1 });
});

test("a batch whose first event has waited long enough is sent with the next one", () => {
  let nowMs = 0;
  const batches = openBatches(limits, () => nowMs);
  batches.add(event("a"));
  nowMs = 100;
  expect(batches.add(event("b"))).toHaveLength(2);
});
