import type { FeedEvent } from "@millrace/core";
import { expect, test } from "vitest";
import type { Caller } from "../../access/caller.ts";
import { eventGate, tellEvent, type EventFilter } from "./told-event.ts";

const RUN: FeedEvent = {
  kind: "run",
  dagId: "orders",
  runId: 7,
  runKey: "manual__1",
  version: 3,
  at: 1_759_276_800_000_123,
  changes:
    '{"run":{"state":"success","endedAt":1759276800000123},"ti":[["load",-1,"success",2],["gone",4,null]],"new":5}',
};

function caller(...permissions: readonly string[]): Caller {
  return { kind: "user", name: "ada", permissions: new Set(permissions) };
}

function hears(who: Caller, event: FeedEvent, filter: EventFilter = {}): boolean {
  return eventGate(who, filter)(tellEvent({ place: "a.1.1.1", event }));
}

test("a change of a run is told with its tasks, instants as text", () => {
  const { text } = tellEvent({ place: "a.1.2.3", event: RUN });
  const [id, name, data] = text.split("\n");
  expect([id, name]).toEqual(["id: a.1.2.3", "event: run"]);
  expect(JSON.parse(data.slice("data: ".length))).toEqual({
    type: "run",
    dagId: "orders",
    runId: 7,
    runKey: "manual__1",
    version: 3,
    at: "2025-10-01T00:00:00.000123+00:00",
    state: "success",
    endedAt: "2025-10-01T00:00:00.000123+00:00",
    tasks: [
      { taskId: "load", mapIndex: -1, state: "success", tryNumber: 2 },
      { taskId: "gone", mapIndex: 4, state: null },
    ],
    created: 5,
  });
});

test("only those hear of a DAG who may read it", () => {
  expect(hears(caller("can_read DAGs"), RUN)).toBe(true);
  expect(hears(caller("can_read DAG:orders"), RUN)).toBe(true);
  expect(hears(caller("can_read DAG:other", "can_edit DAG:orders", "can_read ImportError"), RUN)).toBe(false);
});

test("assets and import errors need their own permissions", () => {
  const asset: FeedEvent = { kind: "asset", uri: "s3://x", eventId: 1 };
  expect(hears(caller("can_read DAGs"), asset)).toBe(false);
  expect(hears(caller("can_read DAGs", "can_read Datasets"), asset)).toBe(true);
  expect(hears(caller("can_read DAGs"), { kind: "importErrors" })).toBe(false);
  expect(hears(caller("can_read ImportError"), { kind: "importErrors" })).toBe(true);
});

test("filters leave out other DAGs and runs", () => {
  const everything = caller("can_read DAGs", "can_read Datasets");
  expect(hears(everything, RUN, { dagId: "other" })).toBe(false);
  expect(hears(everything, RUN, { dagId: "orders", runId: 7 })).toBe(true);
  expect(hears(everything, RUN, { runId: 8 })).toBe(false);
  const deleted: FeedEvent = { kind: "runsDeleted", dagId: "orders", runs: [{ runId: 8, runKey: "b" }] };
  expect(hears(everything, deleted, { runId: 8 })).toBe(true);
  expect(hears(everything, { kind: "asset", uri: "s3://x", eventId: 1 }, { dagId: "orders" })).toBe(false);
});
