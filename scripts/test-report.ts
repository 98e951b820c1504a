/** The part of a Vitest JSON report that is counted here. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      /** Of all attempts, also of a test that passed in the end. */
      readonly failureMessages?: readonly string[] | null;
    }[];
    /** What broke the file itself. */
    readonly message?: string;
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

/** How one part of a CI run ended. */
export interface PartResult {
  readonly name: string;
  readonly exitCode: number;
  /** Text of the part's Vitest JSON report; empty when it left none. Absent for a part that runs no tests itself. */
  readonly report?: string;
}

/** What a CI run says at its end. */
export interface Summary {
  /** `"N passed, N failed"`: the tests of all parts; a part that is red without a failed test counts as one failure. */
  readonly line: string;
  readonly isGreen: boolean;
  /** What a reader of the line should know besides. */
  readonly notes: readonly string[];
}

/** Adds up the parts of a CI run. Red when anything failed, a report is missing or no test ran. */
export function summarize(parts: readonly PartResult[]): Summary {
  const counts = parts.map((part) => ({ name: part.name, ...countPart(part) }));
  const passed = counts.reduce((sum, part) => sum + part.passed, 0);
  const failed = counts.reduce((sum, part) => sum + part.failed, 0);
  const notes = counts.filter((part) => part.skipped > 0).map((part) => `${part.name}: ${part.skipped} skipped`);
  const red = counts.filter((part) => part.failed > 0).map((part) => `${part.name}: failed`);
  return {
    line: `${passed} passed, ${failed} failed`,
    isGreen: failed === 0 && passed > 0,
    notes: [...notes, ...parts.flatMap(troubles), ...red],
  };
}

/** Tests that failed, and those that passed only when they were tried again, each with what was said first. */
function troubles({ name, report }: PartResult): readonly string[] {
  if (report === undefined || report === "") return [];
  return parseTestReport(report).testResults.flatMap((file) => [
    ...(file.status === "failed" && file.message ? [`${name}: ${file.name}: ${firstLine(file.message)}`] : []),
    ...file.assertionResults.flatMap(({ status, fullName, failureMessages }) => {
      const [message] = failureMessages ?? [];
      if (message === undefined) return [];
      const how = status === "passed" ? "passed at a second attempt" : "failed";
      return [`${name}: ${how}: ${fullName}: ${firstLine(message)}`];
    }),
  ]);
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").slice(0, 300);
}

function countPart({ exitCode, report }: PartResult): TestCounts {
  const atLeast = exitCode === 0 ? 0 : 1;
  if (report === undefined) return { passed: 0, failed: atLeast, skipped: 0 };
  if (report === "") return { passed: 0, failed: 1, skipped: 0 };
  const counts = countTests(parseTestReport(report));
  const nothingRan = counts.passed + counts.failed === 0 ? 1 : 0;
  return { ...counts, failed: Math.max(counts.failed, atLeast, nothingRan) };
}
