/** The part of a Vitest JSON report that is counted here. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** How many tests passed, failed and were skipped. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Reads a Vitest JSON report. @throws Error when the text is not one: a broken report must not count as "nothing failed". */
export function parseTestReport(text: string): TestReport {
  const report = JSON.parse(text) as Partial<TestReport>;
  const numbers = [report.numPassedTests, report.numFailedTests, report.numPendingTests];
  if (!numbers.every(Number.isSafeInteger) || !Array.isArray(report.testResults)) {
    throw new Error("not a Vitest JSON report: counts or testResults are missing");
  }
  return report as TestReport;
}

/** Counts a report. A test file that broke before its first test counts as one failed test. */
export function countTests(report: TestReport): TestCounts {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests,
  };
}
