import { hostname } from "node:os";
import { processStartedAt } from "@millrace/engine";
import { readOpenWork, readSchedulerHealth, type SchedulerHealth } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { bad, findingsOr, ok, warn, type Verdict } from "../verdict.ts";

/** R10: silent for longer is dead. */
const DEAD_MS = 15_000;
/** An heir needs no longer for taking over. */
const HEIR_MS = 60_000;
const LATE_MS = 6_000;
const UNHEARD_MS = 30_000;

/** A scheduler, with what its host knows of its process. */
export interface SchedulerSeen extends SchedulerHealth {
  /** Undefined on other hosts. */
  readonly processLives?: boolean;
}

/** Who drives DAGs, and what waits for somebody to do so. */
export interface SchedulerFacts {
  readonly schedulers: readonly SchedulerSeen[];
  /** Unfinished runs of DAGs that are not paused. */
  readonly runs: number;
  readonly commands: number;
  readonly oldestCommandMs: number;
}

/** The live ones, and the dead ones whose DAGs nobody has taken over. */
export function judgeSchedulers({ schedulers, runs, commands, oldestCommandMs }: SchedulerFacts): readonly Verdict[] {
  const live = schedulers.filter(isLive);
  const dead = schedulers.filter((each) => !isLive(each));
  const open = runs === 0 ? "" : `, and ${runs} unfinished ${runs === 1 ? "run waits" : "runs wait"}`;
  if (live.length === 0 && dead.length === 0)
    return [
      runs === 0 ? ok("no scheduler runs") : warn(`no scheduler runs${open}`, "Start one with `millrace start`."),
    ];
  const shown = live.map(
    ({ schedulerId, pid, host, silentMs, dags }) =>
      `${schedulerId} (process ${pid} on ${host}, heard of ${showMs(silentMs)} ago, ${counted(dags, "DAG")})`,
  );
  return findingsOr(
    [
      ...live.map(judgeLive),
      ...dead.map((each) => judgeDead(each, live.length > 0)),
      live.length > 0 && commands > 0 && oldestCommandMs > UNHEARD_MS
        ? bad(
            `${counted(commands, "command")} ${commands === 1 ? "has" : "have"} not been answered, the oldest for ${showMs(oldestCommandMs)}`,
            "Look at the log of `millrace start`; a scheduler that hangs is replaced by starting another one.",
          )
        : undefined,
    ],
    `${counted(live.length, "scheduler")}: ${shown.join(", ")}`,
  );
}

function isLive({ ended, silentMs, processLives }: SchedulerSeen): boolean {
  return !ended && processLives !== false && silentMs < DEAD_MS;
}

function judgeLive({ schedulerId, host, pid, silentMs }: SchedulerSeen): Verdict | undefined {
  if (silentMs < LATE_MS) return undefined;
  return warn(
    `scheduler ${schedulerId} (process ${pid} on ${host}) has been silent for ${showMs(silentMs)}; it writes every 2 s`,
    "Look whether its process hangs, the machine is overloaded, or the database is slow (the checks `database`, `fsync`).",
  );
}

function judgeDead(
  { schedulerId, host, pid, silentMs, dags, processLives }: SchedulerSeen,
  hasHeirs: boolean,
): Verdict {
  const how = processLives === true ? "hangs or was stopped" : "died";
  const fact = `scheduler ${schedulerId} (process ${pid} on ${host}) ${how}, silent for ${showMs(silentMs)}; it still owns ${counted(dags, "DAG")}`;
  if (!hasHeirs) return warn(fact, "`millrace start` takes its DAGs and runs over.");
  return silentMs < HEIR_MS
    ? warn(fact, "Another scheduler takes them over within a minute; nothing is to be done.")
    : bad(fact, "The live schedulers should have taken them over: look at their logs, and start one of them again.");
}

/** Schedulers, and DAGs without one. */
export const schedulersCheck = makeCheck({
  name: "schedulers",
  about: "schedulers that live, dead ones that still own DAGs, and commands that nobody answers",
  needs: "schema",
  gather: async ({ pool }): Promise<SchedulerFacts> => {
    const here = hostname();
    const schedulers = await Promise.all(
      (await readSchedulerHealth(pool)).map(async (each) =>
        each.host === here ? { ...each, processLives: (await processStartedAt(each.pid)) === each.pidStartedAt } : each,
      ),
    );
    const { runs, commands, oldestCommandMs } = await readOpenWork(pool);
    return { schedulers, runs, commands, oldestCommandMs };
  },
  judge: judgeSchedulers,
});
