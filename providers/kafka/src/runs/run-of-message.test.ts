import { MillraceError, Permanent, type Context, type DagAccess } from "@millrace/core";
import { expect, test } from "vitest";
import type { ReadMessage } from "../consume/read-message.ts";
import { startRun } from "./run-of-message.ts";

const message = (value: string | null): ReadMessage => ({
  topic: "orders",
  partition: 2,
  offset: 41,
  timestamp: "2025-10-01T00:00:00.000Z",
  key: null,
  value,
  headers: {},
});

type Ask = Parameters<DagAccess["trigger"]>[0];

function dags(answer: (ask: Ask) => "new" | "own" | "other"): Pick<Context, "dags"> {
  const trigger = async (ask: Ask): ReturnType<DagAccess["trigger"]> => {
    const origin = answer(ask);
    return { runId: ask.runId ?? "", logicalDate: "2025-10-01T00:00:00+00:00", origin };
  };
  return { dags: { trigger } as DagAccess };
}

test("the run of a message has the id of its place, and its value as conf", async () => {
  const asks: Ask[] = [];
  const ctx = dags((ask) => (asks.push(ask), "new"));
  expect(await startRun(message('{"n":1}'), { dagId: "handle" }, ctx)).toEqual({
    kind: "started",
    runId: "kafka__orders__2__41",
  });
  expect(asks).toEqual([
    { dagId: "handle", runId: "kafka__orders__2__41", key: "kafka__orders__2__41", conf: { n: 1 } },
  ]);
});

test.each(["own", "other"] as const)("a run that is there already (%s) is known", async (origin) => {
  const started = await startRun(
    message("{}"),
    { dagId: "handle", prefix: "p" },
    dags(() => origin),
  );
  expect(started).toEqual({ kind: "known", runId: "p__orders__2__41" });
});

test.each([[null], ["no JSON"], ["[1]"], ["null"]])("a message with the value %s is bad", async (value) => {
  expect(
    await startRun(
      message(value),
      { dagId: "handle" },
      dags(() => "new"),
    ),
  ).toMatchObject({ kind: "bad" });
});

test("a conf that the params do not take is bad; no such DAG is permanent; no scheduler is neither", async () => {
  const failing = (code: "BAD_PARAM" | "NOT_FOUND" | "TIMEOUT"): Pick<Context, "dags"> =>
    dags(() => {
      throw new MillraceError(code, "it says no");
    });
  expect(await startRun(message("{}"), { dagId: "h" }, failing("BAD_PARAM"))).toMatchObject({ kind: "bad" });
  await expect(startRun(message("{}"), { dagId: "h" }, failing("NOT_FOUND"))).rejects.toBeInstanceOf(Permanent);
  await expect(startRun(message("{}"), { dagId: "h" }, failing("TIMEOUT"))).rejects.toMatchObject({ code: "TIMEOUT" });
});
