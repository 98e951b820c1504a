import { expect, test } from "vitest";
import { judgeBacklog } from "./judge-backlog.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");
const MINUTE = 60_000;

test("a layer without input is idle, however old its last commit", () => {
  expect(judgeBacklog({ layer: "gold", pending: 0, lastCommitAt: T0 }, 15, T0 + 999 * MINUTE)).toEqual({
    name: "gold",
    state: "idle",
    pending: 0,
    lag_minutes: 0,
    last_commit_at: "2025-10-01T00:00:00.000Z",
  });
});

test("waiting input is active up to the limit and behind after it", () => {
  const backlog = { layer: "bronze", pending: 3, oldestPendingAt: T0 } as const;
  expect(judgeBacklog(backlog, 15, T0 + 15 * MINUTE)).toMatchObject({
    state: "active",
    lag_minutes: 15,
    last_commit_at: null,
  });
  expect(judgeBacklog(backlog, 15, T0 + 15 * MINUTE + 1)).toMatchObject({ state: "behind" });
});
