import { MICROS, type Micros, type SchedulerInfo } from "@millrace/core";

/** A scheduler without a heartbeat for so long is dead (R10). */
const DEAD_AFTER = 15 * MICROS.s;

/** Whether a scheduler was heard of lately. */
export function isAlive({ heartbeatAt }: SchedulerInfo, now: Micros): boolean {
  return now - heartbeatAt <= DEAD_AFTER;
}
