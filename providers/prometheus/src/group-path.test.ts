import { expect, test } from "vitest";
import { groupPath } from "./group-path.ts";

test("a group is a path, in the order of its labels", () => {
  expect(groupPath({ job: "a job" })).toBe("/metrics/job/a%20job");
  expect(groupPath({ job: "j", grouping: { b: "ä", a: "1" } })).toBe("/metrics/job/j/b/%C3%A4/a/1");
});

test("what a path cannot carry travels as base64", () => {
  expect(groupPath({ job: "a/b" })).toBe("/metrics/job@base64/YS9i");
  expect(groupPath({ job: "j", grouping: { empty: "", dots: ".." } })).toBe(
    "/metrics/job/j/empty@base64/=/dots@base64/Li4",
  );
});

test("a group without a job, and labels that are none, are refused", () => {
  expect(() => groupPath({ job: "" })).toThrow(/job is empty/);
  expect(() => groupPath({ job: "j", grouping: { "a-b": "1" } })).toThrow(/"a-b"/);
  expect(() => groupPath({ job: "j", grouping: { job: "1" } })).toThrow(/"job"/);
});
