import type { WebhookPorts } from "./webhook-ports.ts";

/** Has commands carried out behind answers that were given already. */
export interface Settling {
  /** Returns at once. */
  add(dagId: string, inboxId: number): void;
  /** When nothing is under way any more. */
  end(): Promise<void>;
}

/**
 * One DAG after the other, each only for its newest command: whoever owns a DAG carries out all that is in its inbox. What fails here stays in the inbox for
 * the next owner.
 */
export function makeSettling(settle: WebhookPorts["settle"], failed: (error: unknown) => void): Settling {
  const waiting = new Map<string, number>();
  let work: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [dagId, inboxId] = next.value;
      waiting.delete(dagId);
      try {
        await settle(dagId, inboxId);
      } catch (error) {
        failed(error);
      }
    }
    work = undefined;
  };
  return {
    add: (dagId, inboxId) => {
      waiting.set(dagId, inboxId);
      work ??= run();
    },
    end: async () => {
      waiting.clear();
      await work;
    },
  };
}
