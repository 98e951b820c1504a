import { isMillraceError } from "@millrace/core";
import type { WebhookPorts } from "./webhook-ports.ts";

/** After a command of a DAG its next ones wait so long: to see whether an owner lives costs more than to take a delivery. */
const REST_MS = 250;
/** After failures the rest doubles up to this. */
const LONGEST_REST_MS = 30_000;

interface Settled {
  readonly dagId: string;
  readonly inboxId: number;
}

/** Has commands carried out behind answers that were given already. */
export interface Settling {
  /** Returns at once. */
  add(dagId: string, inboxId: number): void;
  /** When nothing is under way any more. */
  end(): Promise<void>;
}

/**
 * One DAG after the other, each only for its newest command: whoever owns a DAG carries out all that is in its inbox, and a live owner has heard of it
 * already. What fails is tried again after a longer rest, unless the DAG is gone; it stays in the inbox meanwhile, also for any other owner.
 */
export function makeSettling(settle: WebhookPorts["settle"], failed: (error: unknown) => void): Settling {
  const waiting = new Map<string, number>();
  const resting = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  let work: Promise<void> | undefined;
  let isWorking = false;
  let hasEnded = false;

  const begin = (): void => {
    if (!hasEnded && !isWorking) work = run();
  };
  const rest = (dagId: string): void => {
    const waitMs = Math.min(REST_MS * 2 ** (failures.get(dagId) ?? 0), LONGEST_REST_MS);
    const timer = setTimeout(() => {
      resting.delete(dagId);
      if (waiting.has(dagId)) begin();
    }, waitMs);
    resting.set(dagId, timer.unref());
  };
  const take = (): Settled | undefined => {
    for (const [dagId, inboxId] of waiting) if (!resting.has(dagId) && waiting.delete(dagId)) return { dagId, inboxId };
    return undefined;
  };
  const settleOnce = async ({ dagId, inboxId }: Settled): Promise<void> => {
    try {
      await settle(dagId, inboxId);
      failures.delete(dagId);
    } catch (error) {
      failed(error);
      if (isMillraceError(error) && error.code === "NOT_FOUND") return void failures.delete(dagId);
      failures.set(dagId, (failures.get(dagId) ?? 0) + 1);
      if (!hasEnded && !waiting.has(dagId)) waiting.set(dagId, inboxId);
    }
  };
  const run = async (): Promise<void> => {
    isWorking = true;
    for (let next = take(); next; next = take()) {
      await settleOnce(next);
      rest(next.dagId);
    }
    isWorking = false;
  };

  return {
    add: (dagId, inboxId) => {
      waiting.set(dagId, inboxId);
      begin();
    },
    end: async () => {
      hasEnded = true;
      waiting.clear();
      for (const timer of resting.values()) clearTimeout(timer);
      await work;
    },
  };
}
