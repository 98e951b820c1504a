import { expect, test } from "vitest";
import { emptyTally, runResult } from "../steps/source-tally.ts";
import { readRunResult } from "./read-run-result.ts";

const done = {
  kind: "done",
  source: "a",
  category: "malware",
  tally: emptyTally(),
  published: 1,
  alreadyPublished: false,
  rejected: 0,
} as const;
const failed = { kind: "failed", source: "b", category: "malware", error: "FetchError", message: "gone" } as const;

test("the result is the last line of stdout", () => {
  const result = runResult("r", [done, failed]);
  expect(readRunResult(`noise\n${JSON.stringify(result)}\n`)).toEqual(result);
});

test.each([
  ["nothing", "", "no output"],
  ["no JSON", "bye\n", "bye"],
  ["an interrupt", '{"status":"interrupted"}\n', "interrupted"],
])("%s is no result", (_what, stdout, message) => expect(() => readRunResult(stdout)).toThrow(message));

test("a run in which every source failed is a failure, with all reasons", () => {
  expect(() => readRunResult(JSON.stringify(runResult("r", [failed, { ...failed, source: "c" }])))).toThrow(
    "all 2 sources failed: b: gone; c: gone",
  );
});
