import { setTimeout as sleep } from "node:timers/promises";
import { formatInstant, type BackfillInfo, type Queries } from "@millrace/core";
import type { Terminal } from "./terminal.ts";

const LOOK_MS = 250;

/** What following a backfill needs. */
export interface FollowTools {
  readonly terminal: Terminal;
  readonly queries: Pick<Queries, "findBackfill">;
  /** Called again and again while it goes on. */
  readonly onWait: () => Promise<void>;
}

/** Tells how a backfill goes until it is over and its runs have ended. @returns the backfill at its end */
export async function followBackfill(
  { terminal, queries, onWait }: FollowTools,
  backfillId: number,
): Promise<BackfillInfo> {
  for (let told = ""; ;) {
    const backfill = await queries.findBackfill(backfillId);
    if (!backfill) throw new Error(`backfill ${backfillId} is gone`);
    const active = (backfill.counts.queued ?? 0) + (backfill.counts.running ?? 0);
    if ((backfill.state === "ended" || backfill.state === "cancelled") && active === 0) {
      terminal.status("");
      return backfill;
    }
    if (backfill.state !== told && told !== "") terminal.say(`The backfill ${backfillId} is ${backfill.state}.`);
    told = backfill.state;
    const upTo = backfill.cursor === undefined ? "" : `, at ${formatInstant(backfill.cursor)}`;
    terminal.status(`${backfill.dagId}: ${sayCounts(backfill)}${upTo}`);
    await onWait();
    await sleep(LOOK_MS);
  }
}

/** `3 running, 12 success, 1 failed`. */
export function sayCounts({ counts }: BackfillInfo): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length === 0 ? "no runs" : parts.join(", ");
}
