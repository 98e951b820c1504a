import { getCalendar, getDurations } from "@millrace/api";
import {
  formatInZone,
  MillraceError,
  nextRunQuery,
  upcomingRuns,
  type DueRun,
  type Micros,
  type WhyFacts,
} from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import { factsFor } from "./dags.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const DEFAULT_RUNS = 50;
/** Runs to come that are counted. */
const MOST_PLANNED = 2_000;

/** Runs of a DAG by day, and how long they take. */
export function runStatisticsOperations(ports: ServerPorts): readonly ServedOperation[] {
  const { overviews } = ports;
  return [
    served(getCalendar, async ({ caller, params: { dagId }, query: { year, zone = "UTC" } }) => {
      requireZone(zone);
      const facts = await factsFor(caller, ports, { dagId });
      const { days, ...rest } = await overviews.calendar({ dagId, year, zone });
      const { planned, ...plannedTo } = plannedDays(facts, year, zone);
      const byDate = new Map(days.map(({ date, counts }) => [date, { date, counts }]));
      const dates = [...new Set([...byDate.keys(), ...planned.keys()])].sort();
      return {
        zone,
        days: dates.map((date) => {
          const count = planned.get(date);
          return { ...(byDate.get(date) ?? { date, counts: {} }), ...(count !== undefined && { planned: count }) };
        }),
        ...rest,
        ...plannedTo,
      };
    }),
    served(getDurations, async ({ params: { dagId }, query: { limit = DEFAULT_RUNS } }) => {
      return await overviews.durations(dagId, limit);
    }),
  ];
}

/** Runs that the schedule makes in a year, by day; `plannedTo` when there are more of them than are counted. */
function plannedDays({ dag, now }: WhyFacts, year: number, zone: string) {
  const dateOf = (at: Micros): string => formatInZone(at, zone).slice(0, "2026-01-31".length);
  const inYear = ({ logicalDate }: DueRun): boolean => dateOf(logicalDate).startsWith(`${year}-`);
  const isOver = Number(dateOf(now).slice(0, 4)) > year;
  const runs = dag.active && !isOver ? upcomingRuns(dag.graph.dag.schedule, nextRunQuery(dag, now), MOST_PLANNED) : [];
  const planned = new Map<string, number>();
  for (const { logicalDate } of runs.filter(inYear)) {
    const date = dateOf(logicalDate);
    planned.set(date, (planned.get(date) ?? 0) + 1);
  }
  const last = runs.at(-1);
  const isCut =
    runs.length === MOST_PLANNED && last !== undefined && Number(dateOf(last.logicalDate).slice(0, 4)) <= year;
  return { planned, ...(isCut && { plannedTo: last.logicalDate }) };
}

/** @throws MillraceError BAD_ARGUMENT. An offset is none: PostgreSQL reads its sign the other way round. */
function requireZone(zone: string): void {
  try {
    formatInZone(0, zone);
    if (/^[A-Za-z]/.test(zone)) return;
  } catch {
    // Said below.
  }
  throw new MillraceError("BAD_ARGUMENT", `"${zone}" is no time zone; one is called like Europe/Berlin`);
}
