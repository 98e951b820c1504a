import { expect, test } from "vitest";
import { type TaskFailure, failureMail, mailText } from "./failure-mail.ts";

const failure: TaskFailure = {
  dagId: "monitoring_dag",
  runId: "scheduled__2025-10-01T00:00:00+00:00",
  taskId: "data_quality.check_gold_freshness",
  mapIndex: -1,
  tryNumber: 2,
  logicalDate: "2025-10-01T00:00:00+00:00",
  reason: "too old",
};

test("a failure's mail names task, run, date, reason and the command that shows the log", () => {
  const { subject, body } = failureMail(failure, "sre@localhost");
  expect(subject).toBe("Millrace alert: monitoring_dag.data_quality.check_gold_freshness failed");
  expect(body).toBe(
    [
      "Task data_quality.check_gold_freshness of monitoring_dag failed in try 2; no try is left.",
      "",
      "Run:            scheduled__2025-10-01T00:00:00+00:00",
      "Execution date: 2025-10-01T00:00:00.000Z",
      "Reason:         too old",
      "",
      "Its log: millrace tasks logs monitoring_dag data_quality.check_gold_freshness scheduled__2025-10-01T00:00:00+00:00 --try 2",
    ].join("\n"),
  );
});

test("one failure has one id, another try or map index has another", () => {
  const id = (over: Partial<TaskFailure>): string => failureMail({ ...failure, ...over }, "sre@localhost").id;
  expect(id({ reason: "told again" })).toBe(id({}));
  expect(id({})).toMatch(/^20251001T000000Z-data_quality\.check_gold_freshness-[0-9a-f]{12}$/);
  expect(new Set([id({}), id({ tryNumber: 3 }), id({ mapIndex: 0 }), id({ runId: "r" })]).size).toBe(4);
});

test("a mail is written as mail programs read it, with lines that end in CRLF", () => {
  const text = mailText({ id: "a-1", to: "a@b.net", subject: "S", body: "one\ntwo\r\nthree" }, "2025-10-01T12:30:00Z");
  const [head, body] = text.split("\r\n\r\n");
  expect(head.split("\r\n")).toEqual(
    expect.arrayContaining([
      "To: a@b.net",
      "Subject: S",
      "Date: Wed, 01 Oct 2025 12:30:00 +0000",
      "Message-ID: <a-1@millrace.localhost>",
    ]),
  );
  expect(body).toBe("one\r\ntwo\r\nthree\r\n");
});
