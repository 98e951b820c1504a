import { getCalendar, type AnswerOf } from "@millrace/api";
import { ActionIcon, Group, Stack, Text, Tooltip } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer } from "../../components/answer.tsx";
import { Panel } from "../../components/page.tsx";
import { countedStates, StateCounts } from "../../components/states/state-counts.tsx";
import { stateWord } from "../../components/states/state-mark.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatTime } from "../../time/format-time.model.ts";
import { useNow, useZone } from "../../time/preferences.tsx";
import { fromWall } from "../../time/wall-time.model.ts";
import { calendarYear, dayLook, yearTotals, type CalendarDay } from "./calendar/calendar.model.ts";
import classes from "./calendar/calendar.module.css";

const words = texts.dag.calendar;
type Answered = AnswerOf<typeof getCalendar>;

/** A year of a DAG: what became of the runs of each day, and what its schedule will make. */
export function CalendarTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/calendar" });
  const { zone } = useZone();
  const now = useNow();
  const [filters, change] = useFilters<"year">();
  const thisYear = Number(formatTime(now, zone).text.slice(0, 4));
  const year = Number(filters.year) || thisYear;
  const calendar = useCall(
    getCalendar,
    { params: { dagId }, query: { year, zone } },
    { live: { about: "runs", dagId }, keepsPrevious: true },
  );
  const go = (to: number): void => change({ year: to === thisYear ? undefined : String(to) });
  return (
    <Panel
      title={
        <Group gap="xs">
          <YearStep label={words.earlier} onClick={() => go(year - 1)}>
            <ChevronLeft size={16} />
          </YearStep>
          {year}
          <YearStep label={words.later} onClick={() => go(year + 1)}>
            <ChevronRight size={16} />
          </YearStep>
        </Group>
      }
      actions={
        <Text size="sm" c="var(--text-dim)">
          {words.zone(zone)}
        </Text>
      }
    >
      <Answer query={calendar} skeletonRows={8}>
        {(data) => <Year dagId={dagId} year={year} data={data} />}
      </Answer>
    </Panel>
  );
}

function YearStep(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Tooltip label={props.label}>
      <ActionIcon variant="subtle" color="gray" aria-label={props.label} onClick={props.onClick}>
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}

function Year({
  dagId,
  year,
  data,
}: {
  readonly dagId: string;
  readonly year: number;
  readonly data: Answered;
}): ReactNode {
  const { weeks, monthStarts } = calendarYear(year, data.days);
  const { counts, planned } = yearTotals(data.days);
  return (
    <Stack gap="sm">
      <div className={classes["scroller"]} tabIndex={0} role="region" aria-label={String(year)}>
        <div className={classes["months"]}>
          {monthStarts.map((week, month) => (
            <span key={month} style={{ gridColumn: week + 1 }}>
              {words.months[month]}
            </span>
          ))}
        </div>
        <div className={classes["body"]}>
          <div className={classes["weekdays"]} aria-hidden>
            {words.weekdays.map((day, index) => (
              <span key={day}>{index % 2 === 0 && day}</span>
            ))}
          </div>
          <div className={classes["weeks"]}>
            {weeks.flatMap((week, place) =>
              week.map((day, weekday) =>
                day ? <Day key={day.date} dagId={dagId} day={day} /> : <span key={`${place} ${weekday}`} />,
              ),
            )}
          </div>
        </div>
      </div>
      <Legend />
      <Group gap="md" fz="sm">
        <span>{words.total}:</span>
        {countedStates(counts).length === 0 && planned === 0 && words.empty}
        <StateCounts counts={counts} />
        {planned > 0 && <span>{words.planned(planned)}</span>}
      </Group>
      {data.countedFrom !== undefined && (
        <Text size="sm" c="var(--text-dim)">
          {words.countedFrom} <TimeText at={data.countedFrom} precision="day" />.
        </Text>
      )}
      {data.plannedTo !== undefined && (
        <Text size="sm" c="var(--text-dim)">
          {words.plannedTo} <TimeText at={data.plannedTo} precision="day" />.
        </Text>
      )}
    </Stack>
  );
}

function Day({ dagId, day }: { readonly dagId: string; readonly day: CalendarDay }): ReactNode {
  const navigate = useNavigate();
  const { zone } = useZone();
  const look = dayLook(day);
  const parts = [
    ...countedStates(day.counts).map(([state, count]) => words.runs(count, stateWord(state))),
    ...(day.planned > 0 ? [words.planned(day.planned)] : []),
  ];
  const label = words.day(day.date, parts.join(", ") || words.noRuns);
  if (look.kind === "none") return <span className={classes["day"]} data-kind="none" title={label} />;
  const open = (): void => {
    const from = fromWall(`${day.date}T00:00`, zone);
    const next = new Date(Date.parse(`${day.date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    const to = fromWall(`${next}T00:00`, zone);
    const last = to === undefined ? undefined : new Date(Date.parse(to) - 1).toISOString();
    void navigate({ to: "/dags/$dagId/runs", params: { dagId }, search: { from, to: last } });
  };
  const failedShare = look.kind === "ended" ? look.failedShare : 0;
  return (
    <Tooltip label={label}>
      <button
        type="button"
        // A part of a picture, too narrow for a target of its own: with the keyboard one goes by the list of runs.
        tabIndex={-1}
        className={classes["day"]}
        data-kind={look.kind}
        data-failed={failedShare > 0 || undefined}
        aria-label={label}
        onClick={open}
        style={failedShare > 0 ? { background: failedColor(failedShare) } : undefined}
      />
    </Tooltip>
  );
}

/** The more of a day failed, the redder; never less than half, so that one failure is seen. */
function failedColor(share: number): string {
  return `color-mix(in srgb, var(--state-failed) ${Math.round(50 + share * 50)}%, var(--state-success))`;
}

function Legend(): ReactNode {
  const sample = (kind: string, word: string, failed = false): ReactNode => (
    <span>
      <span
        className={classes["day"]}
        data-kind={kind}
        data-failed={failed || undefined}
        style={failed ? { background: failedColor(1) } : undefined}
      />{" "}
      {word}
    </span>
  );
  return (
    <div className={classes["legend"]}>
      {sample("ended", stateWord("success"))}
      {sample("ended", stateWord("failed"), true)}
      {sample("active", stateWord("running"))}
      {sample("planned", stateWord("planned"))}
      {sample("none", words.noRuns)}
    </div>
  );
}
