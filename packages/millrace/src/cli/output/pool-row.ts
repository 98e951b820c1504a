import type { PoolInfo } from "@millrace/core";
import type { Row } from "./print-rows.ts";

/** A pool as lists print it; -1 slots are no limit. */
export function poolRow({ pool, slots, description, includeDeferred, order }: PoolInfo): Row {
  return { pool, slots, description, include_deferred: includeDeferred, order };
}
