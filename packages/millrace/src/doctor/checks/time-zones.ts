import { makeCheck } from "../check.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

/** Countries change their rules about once a year. */
const MOST_YEARS = 2;

/** The time zone data of this Node. */
export interface TimeZoneFacts {
  /** As the IANA names it, `2025b`; absent in a Node without data. */
  readonly release?: string;
  readonly zones: number;
  /** What the clocks of Berlin show at 2025-07-01T00:00Z; `02` when its rules are known. */
  readonly berlinHour: string;
  readonly hostZone: string;
  readonly year: number;
}

/** Without rules schedules would be wrong; with old ones they may be. */
export function judgeTimeZones({ release, zones, berlinHour, hostZone, year }: TimeZoneFacts): readonly Verdict[] {
  const advice = "Use an official build of Node, with full ICU data, and keep it up to date.";
  if (berlinHour !== "02" || zones < 100)
    return [bad(`this Node knows ${zones} time zones, and its clocks of Berlin are wrong in summer`, advice)];
  const fact = `${zones} time zones, release ${release ?? "unknown"}; this host is in ${hostZone}, DAGs without a time zone in UTC`;
  const age = release === undefined ? 0 : year - Number.parseInt(release, 10);
  return [age > MOST_YEARS ? warn(`${fact}: the rules are ${age} years old`, advice) : ok(fact)];
}

/** Whether time zones and their changes are known. */
export const timeZonesCheck = makeCheck({
  name: "time-zones",
  about: "time zones and their rules, as schedules use them",
  needs: "machine",
  gather: () => {
    const clocks = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit" });
    const release = process.versions["tz"];
    return Promise.resolve({
      ...(release !== undefined && { release }),
      zones: Intl.supportedValuesOf("timeZone").length,
      berlinHour: clocks.format(new Date("2025-07-01T00:00:00Z")),
      hostZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      year: new Date().getUTCFullYear(),
    });
  },
  judge: judgeTimeZones,
});
