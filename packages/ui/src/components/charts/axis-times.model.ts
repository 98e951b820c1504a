import { formatTime } from "../../time/format-time.model.ts";

const DAY_SECONDS = 86_400;

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
