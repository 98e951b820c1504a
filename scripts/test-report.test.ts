import { describe, expect, test } from "vitest";
import { countTests, parseTestReport, summarize } from "./test-report.ts";

const aReport = (change: object = {}): string =>
  JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, testResults: [], ...change });
const brokenFile = { name: "a.test.ts", status: "failed", assertionResults: [] };

test("a file that broke before its first test counts as failed", () => {
  const report = parseTestReport(aReport({ testResults: [brokenFile] }));
  expect(countTests(report)).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

test.each(["{}", '{"numPassedTests": "3"}', "not json"])("%s is no report", (text) => {
  expect(() => parseTestReport(text)).toThrow();
});

describe("the closing line", () => {
  const green = { name: "test", exitCode: 0, report: aReport() };

  test("adds up the tests of all suites", () => {
    expect(summarize([green, { ...green, name: "faults" }])).toMatchObject({
      line: "6 passed, 0 failed",
      isGreen: true,
    });
  });

  test("is red when a suite exited with an error although every test passed", () => {
    expect(summarize([{ ...green, exitCode: 1 }])).toMatchObject({ line: "3 passed, 1 failed", isGreen: false });
  });

  test("is red when a report is missing", () => {
    expect(summarize([{ ...green, report: "" }])).toMatchObject({ line: "0 passed, 1 failed", isGreen: false });
  });

  test("is red when no test ran", () => {
    expect(summarize([{ ...green, report: aReport({ numPassedTests: 0 }) }]).isGreen).toBe(false);
    expect(summarize([]).isGreen).toBe(false);
  });

  test("counts a step without tests as nothing when green and as one failure when red", () => {
    const step = { name: "check", exitCode: 0 };
    expect(summarize([green, step]).line).toBe("3 passed, 0 failed");
    expect(summarize([green, { ...step, exitCode: 1 }]).line).toBe("3 passed, 1 failed");
  });

  test("names what was skipped", () => {
    expect(summarize([green]).notes).toContain("test: 1 skipped");
  });

  test("names what failed, and what passed only when it was tried again, with the first words of why", () => {
    const tests = [
      { status: "failed", fullName: "loses a task", failureMessages: ["AssertionError: expected 1\n  at x"] },
      { status: "passed", fullName: "is slow", failureMessages: ["Error: timed out"] },
      { status: "passed", fullName: "is fine", failureMessages: [] },
    ];
    const testResults = [{ name: "a.test.ts", status: "failed", assertionResults: tests }];
    const { notes } = summarize([
      { ...green, report: aReport({ numFailedTests: 1, numPendingTests: 0, testResults }) },
    ]);
    expect(notes).toEqual([
      "test: failed: loses a task: AssertionError: expected 1",
      "test: passed at a second attempt: is slow: Error: timed out",
      "test: failed",
    ]);
  });
});
