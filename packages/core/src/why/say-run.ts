import type { AssetRule } from "../timetable/schedule.ts";
import type { DagBlocker, RunBlocker } from "./blocker.ts";
import { sayCount, sayFuture, sayInstant, sayList, saySince, sentence, type Said, type Saying } from "./said.ts";

/** Says what keeps a whole run. */
export function sayRun(blocker: RunBlocker, saying: Saying): Said {
  const { dagId } = saying;
  switch (blocker.kind) {
    case "runEnded": {
      const { state, endedAt, cause } = blocker;
      const when = endedAt === undefined ? "" : ` at ${sayInstant(endedAt)}`;
      const why = cause === undefined ? "" : `: ${sentence(cause.message).replace(/\.$/, "")}`;
      return {
        reason: `The run ended: ${state}${when}${why}.`,
        ...(state === "failed" && {
          advice: `\`millrace tasks clear ${dagId} --only-failed\` runs what failed again.`,
        }),
      };
    }
    case "runAfter":
      return { reason: `The run begins ${sayFuture(blocker.at, saying)}: its date has not come.`, until: blocker.at };
    case "maxActiveRuns": {
      const { limit, running, runKeys } = blocker;
      return {
        reason: `${dagId} has ${running} of at most ${sayCount(limit, "run")} running (maxActiveRuns): ${sayKeys(runKeys, running)}.`,
        advice: `It begins when one of them ends, the earliest logical date first; \`millrace dags why ${dagId} ${runKeys[0] ?? "RUN"}\` says what keeps that one.`,
      };
    }
    case "runGoesOn":
      return {
        reason: `The run ${blocker.runKey} is ${blocker.state}.`,
        advice: `\`millrace dags why ${dagId} ${blocker.runKey}\` says what it waits for.`,
      };
    default:
      throw new Error(`unreachable: ${blocker satisfies never}`);
  }
}

/** Says what keeps a whole DAG. */
export function sayDag(blocker: DagBlocker, saying: Saying): Said {
  const { dagId } = saying;
  switch (blocker.kind) {
    case "paused": {
      const { failedRunsInRow: failed, maxFailedRuns: most } = blocker;
      const why =
        most > 0 && failed >= most
          ? ` after ${sayCount(failed, "failed run")} in a row (maxConsecutiveFailedRuns)`
          : "";
      return {
        reason: `${dagId} is paused${why}: what runs goes on, nothing new begins.`,
        advice: `\`millrace dags unpause ${dagId}\` lets it go on.`,
      };
    }
    case "fileGone":
      return {
        reason: `The file of ${dagId} is gone (${blocker.file}): its schedule makes no more runs.`,
        advice: "Put the file back, or look for its import error with `millrace dags list-import-errors`.",
      };
    case "importError": {
      const { file, line, message } = blocker;
      const [first] = message.split("\n");
      return {
        reason: `${file}${line === undefined ? "" : `:${line}`} cannot be loaded: ${sentence(first)} The last version that could goes on.`,
        advice: "`millrace dags list-import-errors` shows all of it.",
      };
    }
    case "noScheduler":
    case "unowned":
    case "ownerSilent":
      return sayNotDriven(blocker, saying);
    default:
      return saySchedule(blocker, saying);
  }
}

type NotDriven = Extract<DagBlocker, { kind: "noScheduler" | "unowned" | "ownerSilent" }>;

function sayNotDriven(blocker: NotDriven, saying: Saying): Said {
  switch (blocker.kind) {
    case "noScheduler": {
      const { last, isSilent } = blocker;
      const what = isSilent ? "was last heard of" : "ended";
      const before =
        last === undefined ? "" : ` Scheduler ${last.schedulerId} on ${last.host} ${what} at ${sayInstant(last.at)}.`;
      return { reason: `No scheduler runs: nothing goes on.${before}`, advice: "Start one with `millrace start`." };
    }
    case "unowned":
      return {
        reason: `No scheduler drives ${saying.dagId} at the moment; ${sayList(blocker.schedulerIds.map(String))} could.`,
        advice: "One of them takes it within a few seconds.",
      };
    case "ownerSilent":
      return {
        reason: `Scheduler ${blocker.schedulerId} on ${blocker.host} drives ${saying.dagId} and has been silent ${saySince(blocker.at, saying)}.`,
        advice: "Another scheduler takes the DAG over as soon as it judges that one dead.",
      };
    default:
      throw new Error(`unreachable: ${blocker satisfies never}`);
  }
}

function saySchedule(
  blocker: Exclude<DagBlocker, NotDriven | { kind: "paused" | "fileGone" | "importError" }>,
  saying: Saying,
): Said {
  const { dagId } = saying;
  switch (blocker.kind) {
    case "noSchedule":
      return {
        reason: `${dagId} has no schedule: it runs only when it is triggered.`,
        advice: `\`millrace dags trigger ${dagId}\` makes a run.`,
      };
    case "assets":
      return sayAssets(blocker);
    case "nextRun":
      return {
        reason: `The schedule makes the next run ${sayFuture(blocker.at, saying)}, for the logical date ${sayInstant(blocker.logicalDate)}.`,
        advice: `\`millrace dags next-execution ${dagId}\` shows what follows.`,
        until: blocker.at,
      };
    case "scheduleOver":
      return {
        reason:
          blocker.end === undefined
            ? "The schedule has no times left."
            : `The schedule is over: its end is ${sayInstant(blocker.end)}.`,
        advice: `\`millrace dags trigger ${dagId}\` makes a run all the same.`,
      };
    case "tooManyUnfinished": {
      const { limit, logicalDate, runKeys } = blocker;
      return {
        reason: `The run for the logical date ${sayInstant(logicalDate)} is due, but ${sayCount(limit, "run")} at most may be unfinished (maxActiveRuns)${runKeys.length > 0 ? `: ${runKeys.join(", ")}` : ""}.`,
        advice: "It is made when one of them ends.",
      };
    }
    case "backfill": {
      const { backfillId, isPaused, active, maxActiveRuns } = blocker;
      if (isPaused)
        return {
          reason: `Backfill ${backfillId} is paused, with ${sayCount(active, "unfinished run")}.`,
          advice: `\`millrace backfill unpause ${backfillId}\` lets it go on.`,
        };
      return {
        reason: `Backfill ${backfillId} goes on: ${active} of at most ${sayCount(maxActiveRuns, "run")} are unfinished.`,
        advice: `\`millrace backfill show ${backfillId}\` says how far it is.`,
      };
    }
    case "lastRun": {
      const { runKey, state, endedAt, cause } = blocker;
      const why = cause === undefined ? "" : `: ${sentence(cause.message).replace(/\.$/, "")}`;
      return {
        reason: `The last run, ${runKey}, ended ${state}${endedAt === undefined ? "" : ` at ${sayInstant(endedAt)}`}${why}.`,
        ...(state === "failed" && { advice: `\`millrace dags why ${dagId} ${runKey}\` says which tasks failed.` }),
      };
    }
    default:
      throw new Error(`unreachable: ${blocker satisfies never}`);
  }
}

function sayAssets({ rule, updated }: Extract<DagBlocker, { kind: "assets" }>): Said {
  const known = new Set(updated);
  const missing = [...new Set(urisOf(rule))].filter((uri) => !known.has(uri));
  const have = updated.length === 0 ? "" : ` ${sayList(updated)} ${updated.length === 1 ? "was" : "were"}.`;
  return {
    reason: `It waits for an update of ${sayList(missing)}, not updated since the last run.${have}`,
    advice: `\`millrace assets get ${missing[0] ?? "URI"}\` says who updates it; \`millrace assets update ${missing[0] ?? "URI"}\` does so by hand.`,
  };
}

function urisOf(rule: AssetRule): readonly string[] {
  if ("asset" in rule) return [rule.asset];
  return ("any" in rule ? rule.any : rule.all).flatMap(urisOf);
}

function sayKeys(runKeys: readonly string[], count: number): string {
  const more = count - runKeys.length;
  return more > 0 ? `${runKeys.join(", ")} and ${more} more` : sayList(runKeys);
}
