/** What one step of `npm run check` found. */
export interface StepResult {
  readonly isGreen: boolean;
  /** Files, modules or tests that the step read; a step that read none is red whatever its tool says. */
  readonly readCount: number;
  /** What is counted: `"files"`, `"modules"`, `"tests"`. */
  readonly unit: string;
  /** What a person needs to mend it; printed when the step is red. */
  readonly report: string;
}

/** One step of `npm run check`: a name and a look at the tree below `root`. */
export interface Step {
  readonly name: string;
  readonly run: (root: string) => Promise<StepResult>;
}

/** The result of a tool that said `isClean` after reading `readCount` things; red when it read nothing. */
export function judge(isClean: boolean, readCount: number, unit: string, report: string): StepResult {
  if (readCount > 0) return { isGreen: isClean, readCount, unit, report };
  return { isGreen: false, readCount, unit, report: `The step read no ${unit}, so it proves nothing.\n${report}` };
}
