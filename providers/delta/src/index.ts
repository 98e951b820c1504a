export { deltaFreshness, type DeltaFreshnessOptions } from "./operators/delta-freshness.ts";
export type { TableOptions } from "./operators/table-options.ts";
export { checkFreshness, type DeltaFreshness, type FreshnessQuestion } from "./freshness/check-freshness.ts";
export type { NewestData } from "./freshness/newest-data.ts";
export type { DeltaCommit } from "./history/read-history.ts";
export type { MetaData } from "./log/actions.ts";
export { openDelta, type DeltaTable, type OpenDeltaOptions } from "./open-delta.ts";
export type { DeltaRow, ReadRowsOptions } from "./rows/read-rows.ts";
