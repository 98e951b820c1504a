// What tests of pipelines import. Nothing here needs a database, a server or a test runner; matchers for Vitest are in millrace/testing/vitest.
export { crashAtEveryCommit, type CrashOptions, type CrashPoint, type CrashReport } from "./crash-at-every-commit.ts";
export { describeRun } from "./describe-run.ts";
export { takes, type DelayedResult } from "./fake-bodies.ts";
export { matchers, type MatcherAnswer } from "./matchers.ts";
export type { TriggeredRequest } from "./other-dags.ts";
export type {
  CalledBack,
  DagRunResult,
  InstanceResult,
  LoggedLine,
  TimelineEntry,
  TryResult,
  UpdatedAsset,
} from "./run-result.ts";
export type { TaskResult } from "./task-result.ts";
export { testDag } from "./test-dag.ts";
export type {
  CrashAt,
  Failures,
  FakeBody,
  OtherDag,
  OtherRun,
  OtherRunQuestion,
  RunOptions,
  TestAssetEvent,
  TestCommit,
  TestConnection,
  TestContext,
  TestDagOptions,
  TestTaskOptions,
} from "./test-options.ts";
export { testPage, type TestPageOptions, type TestPageRun, type TestPageTask } from "./test-page.ts";
export { testMappedTask, testOperator, testTask } from "./test-task.ts";
