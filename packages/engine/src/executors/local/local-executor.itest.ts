import { afterAll, beforeAll, expect, test } from "vitest";
import { harness, type ExecutorHarness } from "../testing/executor-harness.ts";

const SOURCE = `
import { dag } from "@millrace/core";
export default dag("d", {}, ({ task }) => {
  const one = task("one", (_, { log }) => { log.info("hello", { a: 1 }); return 41; });
  task("two", { input: { one } }, ({ one }) => one + 1);
  task("throws", () => { throw new TypeError("wrong thing"); });
});
`;
let h: ExecutorHarness;
beforeAll(async () => {
  h = await harness(SOURCE);
});
afterAll(async () => await h.close());

test("a body runs and its result comes back with its log", async () => {
  const end = await h.run("one");
  expect(end).toMatchObject({ kind: "ended", outcome: { kind: "success", result: { json: "41" } } });
  expect(end.log?.tail).toContain("hello");
});

test("an input is the decoded result of its task", async () => {
  expect(await h.run("two", { inputs: { one: { kind: "value", value: { json: "41" } } } })).toMatchObject({
    outcome: { kind: "success", result: { json: "42" } },
  });
});

test("an error is a failure that names the user's file and line", async () => {
  const end = await h.run("throws");
  expect(end).toMatchObject({
    outcome: { kind: "failed", retry: "policy", cause: { code: "TASK_FAILED", message: "TypeError: wrong thing" } },
  });
  expect(JSON.stringify(end)).toContain("test.dag.ts:6:");
});
