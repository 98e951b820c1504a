import { Text, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import {
  formatDistance,
  formatDuration,
  formatStretch,
  formatTime,
  secondsBetween,
  type Precision,
} from "../time/format-time.model.ts";
import { useNow, useZone } from "../time/preferences.tsx";
import { texts } from "../texts/index.ts";

/** An instant in the zone that the person picked, with the zone; its distance from now and UTC on hover. */
export function TimeText({
  at,
  precision = "second",
}: {
  readonly at: string | undefined;
  readonly precision?: Precision;
}): ReactNode {
  const { zone } = useZone();
  if (at === undefined)
    return (
      <Text span c="var(--text-dim)">
        –
      </Text>
    );
  const shown = formatTime(at, zone, precision);
  return (
    <Tooltip label={<Explained at={at} />}>
      <time dateTime={at} style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {shown.text}{" "}
        <Text span c="var(--text-dim)" fz="0.85em">
          {shown.zone}
        </Text>
      </time>
    </Tooltip>
  );
}

/** How far away an instant is; the instant on hover. */
export function DistanceText({ at }: { readonly at: string | undefined }): ReactNode {
  const now = useNow();
  if (at === undefined)
    return (
      <Text span c="var(--text-dim)">
        –
      </Text>
    );
  return (
    <Tooltip label={<Explained at={at} />}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {formatDistance(at, now)}
      </time>
    </Tooltip>
  );
}

function Explained({ at }: { readonly at: string }): ReactNode {
  const { zone } = useZone();
  const now = useNow();
  const [own, utc] = [formatTime(at, zone, "millisecond"), formatTime(at, "UTC", "millisecond")];
  return (
    <>
      {formatDistance(at, now)}
      <br />
      {own.text} {own.zone}
      {zone !== "UTC" && (
        <>
          <br />
          {utc.text} UTC
        </>
      )}
    </>
  );
}

/** How long something lasted, or lasts until now. */
export function DurationText({
  from,
  to,
}: {
  readonly from: string | undefined;
  readonly to: string | undefined;
}): ReactNode {
  const now = useNow();
  const seconds = secondsBetween(from, to, now);
  return (
    <span style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
      {seconds === undefined ? "–" : formatDuration(seconds)}
    </span>
  );
}

const WALL_TIME = "2026-01-05 08:00";

/** Which data a run is about, in words: `data from 2026-01-05 08:00 until 09:00 UTC`; the exact ends on hover. */
export function DataText({
  intervalStart,
  intervalEnd,
  isZoneSaid = false,
}: {
  readonly intervalStart: string;
  readonly intervalEnd: string;
  /** Leaves the zone out, because it stands beside a time right before; not where clocks change in between. */
  readonly isZoneSaid?: boolean;
}): ReactNode {
  const { zone } = useZone();
  if (intervalStart === intervalEnd) return texts.time.noInterval;
  const shown = formatStretch(intervalStart, intervalEnd, zone);
  const exact = [intervalStart, intervalEnd].map((at) => formatTime(at, zone, "millisecond"));
  return (
    <Tooltip label={`${exact[0].text} ${exact[0].zone} – ${exact[1].text} ${exact[1].zone}`}>
      <span style={{ fontVariantNumeric: "tabular-nums" }}>
        {texts.time.dataFrom} <time dateTime={intervalStart}>{shown.from}</time> {texts.time.until}{" "}
        <time dateTime={intervalEnd}>{shown.until}</time>
        {(!isZoneSaid || shown.from.length > WALL_TIME.length) && ` ${shown.zone}`}
      </span>
    </Tooltip>
  );
}

/** The dates of a run in words: the logical date, and beside it which data it is about. */
export function IntervalText({
  logicalDate,
  intervalStart,
  intervalEnd,
}: {
  readonly logicalDate: string;
  readonly intervalStart: string;
  readonly intervalEnd: string;
}): ReactNode {
  return (
    <span>
      <TimeText at={logicalDate} />{" "}
      <Text span c="var(--text-dim)" fz="0.9em">
        <DataText intervalStart={intervalStart} intervalEnd={intervalEnd} isZoneSaid />
      </Text>
    </span>
  );
}
