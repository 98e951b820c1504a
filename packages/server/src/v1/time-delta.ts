import type { V1TimeDelta } from "@millrace/api";

const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/** A length of time as Airflow prints Python's: the days may be negative, seconds and microseconds never are. */
export function timeDelta(micros: number): NonNullable<V1TimeDelta> {
  const days = Math.floor(micros / MICROS_PER_DAY);
  const rest = micros - days * MICROS_PER_DAY;
  const seconds = Math.floor(rest / MICROS_PER_SECOND);
  return { __type: "TimeDelta", days, seconds, microseconds: Math.round(rest - seconds * MICROS_PER_SECOND) };
}
