import { join } from "node:path";
import { inspectEmbedded, type EmbeddedFolderFacts } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { findingsOr, warn, type Verdict } from "../verdict.ts";

/** Starting with a long recovery takes so long at most, mostly far less. */
const LONG_MS = 60_000;

/** What the folder of the embedded database says of who uses it. */
export interface LockFacts extends EmbeddedFolderFacts {
  /** This machine's clock. */
  readonly nowMs: number;
}

/** Stale locks are harmless, and say that something was killed; those of other machines are a danger. */
export function judgeLocks({ lock, users, server, nowMs }: LockFacts): readonly Verdict[] {
  const live = users.filter(({ state }) => state === "alive");
  const starts = live.filter(({ role }) => role === "main").map(({ pid }) => `process ${pid}`);
  const commands = live.length - starts.length;
  const by = [...starts, ...(commands > 0 ? [counted(commands, "command")] : [])];
  return findingsOr(
    [
      judgeLock(lock, nowMs),
      ...users.filter(({ state }) => state !== "alive").map(judgeUser),
      server && live.length === 0 && !users.some(({ state }) => state === "elsewhere")
        ? warn(
            `the embedded server (process ${server.pid}) runs, and nothing that lives uses it`,
            "Start Millrace, which takes it over, or call any command, which ends it.",
          )
        : undefined,
    ],
    by.length === 0
      ? "no lock, and nothing uses the embedded database"
      : `no stale lock; in use by ${by.join(" and ")}`,
  );
}

function judgeLock(lock: LockFacts["lock"], nowMs: number): Verdict | undefined {
  if (lock === undefined) return undefined;
  const heldMs = lock.heldSinceMs === undefined ? 0 : Math.max(0, nowMs - lock.heldSinceMs);
  switch (lock.state) {
    case "gone":
      return warn(
        `a stale lock: process ${lock.pid} died while it started or stopped the database (${lock.path})`,
        "Nothing has to be removed: `millrace start` and every command pass it.",
      );
    case "elsewhere":
      return warn(
        `process ${lock.pid} of another machine, container or boot holds the lock for ${showMs(heldMs)} (${lock.path})`,
        "Never share a data folder between machines. When no other Millrace uses it, the next start passes the lock after 60 s.",
      );
    case "alive":
      return heldMs < LONG_MS
        ? undefined
        : warn(
            `process ${lock.pid} has been starting or stopping the database for ${showMs(heldMs)}`,
            `Look at postgres.log beside the lock; if it hangs, end it: kill ${lock.pid}`,
          );
    default:
      throw new Error(`unreachable: ${String(lock.state satisfies never)}`);
  }
}

function judgeUser({ pid, state, role, path }: EmbeddedFolderFacts["users"][number]): Verdict {
  const what = role === "main" ? "a Millrace" : "a command";
  return state === "gone"
    ? warn(
        `a stale entry: ${what}, process ${pid}, ended without taking it back (${path})`,
        "Nothing has to be removed: `millrace start` and every command clear it. Find out what killed the process.",
      )
    : warn(
        `${what}, process ${pid} of another machine, container or boot, may use this folder (${path})`,
        "Never share a data folder between machines. When nothing else uses it, the next start clears the entry.",
      );
}

/** Locks of the embedded database, and who holds them. */
export const locksCheck = makeCheck({
  name: "locks",
  about: "who starts, stops and uses the embedded database, and entries that the dead have left",
  needs: "project",
  gather: async ({ config }): Promise<LockFacts> => ({
    ...(await inspectEmbedded(join(config.core.dataFolder, "postgres"))),
    nowMs: Date.now(),
  }),
  judge: judgeLocks,
});
