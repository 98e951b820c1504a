import { expect, test } from "vitest";
import { shareOfDates, type BackfillRange } from "./backfill-progress.model.ts";

const RANGE: BackfillRange = {
  state: "running",
  from: "2026-01-01T00:00:00Z",
  to: "2026-01-11T00:00:00Z",
  reverse: false,
};

test.each<readonly [string, Partial<BackfillRange>, number]>([
  ["that has not begun is at its begin", {}, 0],
  ["is where its cursor is", { cursor: "2026-01-06T00:00:00Z" }, 0.5],
  ["that goes backwards comes from the other end", { cursor: "2026-01-09T00:00:00Z", reverse: true }, 0.2],
  ["that has ended is at its end", { state: "ended", cursor: "2026-01-02T00:00:00Z" }, 1],
  ["of one date is done with it", { to: "2026-01-01T00:00:00Z", cursor: "2026-01-01T00:00:00Z" }, 1],
  ["is never further than its range", { cursor: "2026-02-01T00:00:00Z" }, 1],
])("a backfill %s", (_, change, share) => {
  expect(shareOfDates({ ...RANGE, ...change })).toBeCloseTo(share);
});
