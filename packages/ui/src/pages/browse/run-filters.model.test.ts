import { expect, test } from "vitest";
import { runQueryOf } from "./run-filters.model.ts";

test("a URL without filters asks for all runs", () => {
  expect(runQueryOf({})).toEqual({});
});

test("every filter of the URL is asked for, under the server's names", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const filters = { states: "failed", types: "manual", dagId: "d", key: "k", by: "user:ada" };
  expect(runQueryOf({ ...filters, dateFrom: at, dateTo: at, queuedFrom: at, queuedTo: at })).toEqual({
    states: "failed",
    runTypes: "manual",
    dagId: "d",
    key: "k",
    triggeredBy: "user:ada",
    logicalDateFrom: at,
    logicalDateTo: at,
    queuedFrom: at,
    queuedTo: at,
  });
});

test("what is no instant is left out", () => {
  expect(runQueryOf({ dateFrom: "yesterday" })).toEqual({});
});
