import type { Answer, Audit, ChangeFeed, Command, DatabaseCheck, MetricsStore, Micros, Queries, Signer } from "@millrace/core";
import type { WebhookPorts } from "./webhooks/webhook-ports.ts";

/** Sends wishes about DAGs to their owners. */
export interface CommandSender {
  /** Waits for what became of the command; a refusal is an answer, too. @throws MillraceError NOT_FOUND, TIMEOUT */
  send(dagId: string, command: Command, by: string): Promise<Answer>;
}

/** All that the server needs from the rest of Millrace. The composition root makes it. */
export interface ServerPorts {
  /** By the database's clock. */
  readonly now: () => Micros;
  readonly queries: Queries;
  readonly commands: CommandSender;
  readonly audit: Audit;
  /** Everything that is committed, for event streams. */
  readonly changes: ChangeFeed;
  readonly metrics: MetricsStore;
  readonly database: DatabaseCheck;
  /** Makes tokens that clients hand back. */
  readonly signer: Signer;
  readonly webhooks: WebhookPorts;
}
