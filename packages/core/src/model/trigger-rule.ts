/** When a task starts, by the states of its direct upstream task instances. */
export const TRIGGER_RULES = [
  "all_success",
  "all_failed",
  "all_done",
  "all_skipped",
  "one_success",
  "one_failed",
  "one_done",
  "none_failed",
  "none_failed_min_one_success",
  "none_skipped",
  "always",
  "all_done_setup_success",
] as const;

/** One of {@link TRIGGER_RULES}; `all_done_setup_success` is the implicit rule of teardowns. */
export type TriggerRule = (typeof TRIGGER_RULES)[number];
