export { deltaAppend, type DeltaAppendOptions } from "./operators/delta-append.ts";
export { deltaFreshness, type DeltaFreshnessOptions } from "./operators/delta-freshness.ts";
export { deltaHistory, type DeltaHistoryOptions } from "./operators/delta-history.ts";
export { deltaMerge, type DeltaMergeOptions } from "./operators/delta-merge.ts";
export { deltaRead, type DeltaReadOptions, type ReadTable } from "./operators/delta-read.ts";
export { deltaRows, type CountedRows, type DeltaRowsOptions } from "./operators/delta-rows.ts";
export {
  waitForDeltaVersion,
  type FoundVersion,
  type WaitForDeltaVersionOptions,
} from "./operators/wait-for-delta-version.ts";
export type { WriteOptions } from "./operators/write-options.ts";
export type { TableOptions } from "./operators/table-options.ts";
export { checkFreshness, type DeltaFreshness, type FreshnessQuestion } from "./freshness/check-freshness.ts";
export type { NewestData } from "./freshness/newest-data.ts";
export type { DeltaCommit } from "./history/read-history.ts";
export type { MetaData } from "./log/actions.ts";
export { openDelta, type DeltaTable, type OpenDeltaOptions } from "./open-delta.ts";
export type { DeltaRow, ReadRowsOptions } from "./rows/read-rows.ts";
export type { DeltaColumn, DeltaType } from "./rows/table-columns.ts";
export { writeDelta, type MergeRule, type NewTable, type WriteRequest, type WrittenRows } from "./write/write-delta.ts";
