import type { StreamEvent } from "@millrace/api";
import { expect, test } from "vitest";
import { concerns, type LiveTopic } from "./topics.model.ts";

const RUN = { type: "run", dagId: "orders", runId: 7, runKey: "r", version: 1, at: "", tasks: [], created: 0 };
const aRun = RUN as unknown as StreamEvent;
const gone: StreamEvent = { type: "runsDeleted", dagId: "orders", runs: [{ runId: 7, runKey: "r" }] };
const paused: StreamEvent = { type: "dag", dagId: "orders", paused: true };

test.each<[LiveTopic, StreamEvent, boolean]>([
  [{ about: "runs" }, aRun, true],
  [{ about: "runs", dagId: "orders" }, aRun, true],
  [{ about: "runs", dagId: "other" }, aRun, false],
  [{ about: "runs", runId: 7 }, aRun, true],
  [{ about: "runs", runId: 8 }, aRun, false],
  [{ about: "runs", runId: 7 }, gone, true],
  [{ about: "runs", runId: 8 }, gone, false],
  [{ about: "runs", dagId: "orders" }, gone, true],
  [{ about: "runs" }, paused, false],
  [{ about: "dags" }, paused, true],
  [{ about: "dags", dagId: "other" }, paused, false],
  [{ about: "dags" }, aRun, false],
  [{ about: "importErrors" }, { type: "importErrors" }, true],
  [{ about: "assets", uri: "a" }, { type: "asset", uri: "b", eventId: 1 }, false],
  [{ about: "backfills" }, { type: "backfill", dagId: "orders", backfillId: 1, state: "ended" }, true],
  [{ about: "any", of: [{ about: "dags" }, { about: "runs" }] }, aRun, true],
  [{ about: "any", of: [{ about: "dags" }] }, aRun, false],
  [{ about: "assets", uri: "a" }, { type: "reset" }, true],
])("%o hears of %o: %s", (topic, event, expected) => {
  expect(concerns(topic, event)).toBe(expected);
});
