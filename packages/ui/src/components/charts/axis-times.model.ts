import { formatTime } from "../../time/format-time.model.ts";

const DAY_SECONDS = 86_400;
/** On each side of an instant that stands alone. */
const AROUND_SECONDS = 1_800;

/** The words below the ticks of a time axis: times of the day, and below them the date where it changes; dates alone where a tick is a day or more. */
export function axisTimes(ticks: readonly number[], zone: string): readonly string[] {
  const [first = 0, second = first] = ticks;
  const step = second - first;
  let before = "";
  return ticks.map((tick) => {
    const [date = "", time = ""] = formatTime(tick * 1_000, zone, step < 60 ? "second" : "minute").text.split(" ");
    if (step >= DAY_SECONDS) return date;
    const isNew = date !== before;
    before = date;
    return isNew ? `${time}\n${date}` : time;
  });
}

type Bound = number | null;

/**
 * The part of time that an axis shows, in seconds: all that there is, nulls when nothing is. Without an extent of its own, an axis of a single instant would
 * reach over years.
 */
export function axisRange(first: Bound, last: Bound): [from: Bound, to: Bound] {
  return first !== null && first === last ? [first - AROUND_SECONDS, first + AROUND_SECONDS] : [first, last];
}
