import type { WebhookPorts } from "./webhook-ports.ts";

/** After a command of a DAG its next ones wait so long: to see whether an owner lives costs more than to take a delivery. */
const REST_MS = 250;

/** Has commands carried out behind answers that were given already. */
export interface Settling {
  /** Returns at once. */
  add(dagId: string, inboxId: number): void;
  /** When nothing is under way any more. */
  end(): Promise<void>;
}

/**
 * One DAG after the other, each only for its newest command: whoever owns a DAG carries out all that is in its inbox, and a live owner has heard of it
 * already. What fails here stays in the inbox for the next owner.
 */
export function makeSettling(settle: WebhookPorts["settle"], failed: (error: unknown) => void): Settling {
  const waiting = new Map<string, number>();
  const resting = new Map<string, NodeJS.Timeout>();
  let work: Promise<void> | undefined;
  let hasEnded = false;

  const begin = (): void => {
    if (!hasEnded) work ??= run();
  };
  const rest = (dagId: string): void => {
    const timer = setTimeout(() => {
      resting.delete(dagId);
      if (waiting.has(dagId)) begin();
    }, REST_MS);
    resting.set(dagId, timer.unref());
  };
  const take = (): { readonly dagId: string; readonly inboxId: number } | undefined => {
    for (const [dagId, inboxId] of waiting) if (!resting.has(dagId) && waiting.delete(dagId)) return { dagId, inboxId };
    return undefined;
  };
  const run = async (): Promise<void> => {
    for (let next = take(); next; next = take()) {
      await settle(next.dagId, next.inboxId).catch(failed);
      rest(next.dagId);
    }
    work = undefined;
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
