import type {
  AssetLists,
  Accounts,
  Answer,
  Audit,
  ChangeFeed,
  Command,
  ConnectionTypes,
  DagLists,
  DatabaseCheck,
  Execution,
  Logins,
  MetricsStore,
  Micros,
  ParseRequests,
  Queries,
  SettingsStore,
  Signer,
} from "@millrace/core";
import type { Installation } from "./installation.ts";
import type { OwnPorts } from "./own/own-ports.ts";
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
  readonly dagLists: DagLists;
  /** Wishes that DAG files be read again. */
  readonly parseRequests: ParseRequests;
  readonly installation: Installation;
  readonly commands: CommandSender;
  readonly audit: Audit;
  /** Assets with their numbers, for API v1. */
  readonly assets: AssetLists;
  readonly settings: SettingsStore;
  readonly connectionTypes: ConnectionTypes;
  readonly accounts: Accounts;
  readonly logins: Logins;
  /** Everything that is committed, for event streams. */
  readonly changes: ChangeFeed;
  readonly metrics: MetricsStore;
  /** What workers without a database stand on. */
  readonly execution: Execution;
  readonly database: DatabaseCheck;
  /** Makes tokens that clients hand back. */
  readonly signer: Signer;
  readonly own: OwnPorts;
  readonly webhooks: WebhookPorts;
}
