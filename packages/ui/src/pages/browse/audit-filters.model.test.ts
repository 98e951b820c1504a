import { expect, test } from "vitest";
import { auditQueryOf, pageNumberOf } from "./audit-filters.model.ts";

test("the audit log comes newest first, a page at a time", () => {
  expect(auditQueryOf({}, 50)).toEqual({ order_by: "-event_log_id", limit: 50, offset: 0 });
  expect(auditQueryOf({ page: "3" }, 50)).toMatchObject({ offset: 100 });
});

test("pages that are none are the first", () => {
  expect(["0", "-2", "two", "1.5"].map((page) => pageNumberOf({ page }))).toEqual([1, 1, 1, 1]);
});

test("filters have API v1's names, and what is no instant is left out", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const filters = { dagId: "d", taskId: "t", runKey: "r", event: "login", by: "ada", from: at, to: "later" };
  expect(auditQueryOf(filters, 10)).toMatchObject({
    dag_id: "d",
    task_id: "t",
    run_id: "r",
    event: "login",
    owner: "ada",
    after: at,
  });
  expect(auditQueryOf(filters, 10)).not.toHaveProperty("before");
});
