import type {
  Totals,
  Accounts,
  Answer,
  AssetLists,
  Audit,
  BlobStore,
  ChangeFeed,
  Command,
  ConnectionTypes,
  DagLists,
  DatabaseCheck,
  Execution,
  Logins,
  LogReader,
  MetricsStore,
  Micros,
  Notes,
  Pages,
  Overviews,
  ParseRequests,
  Preview,
  Queries,
  RunLists,
  SettingsStore,
  Signer,
  VersionCode,
} from "@millrace/core";
import type { Installation } from "./installation.ts";
import type { OwnPorts } from "./own/own-ports.ts";
import type { WebhookPorts } from "./webhooks/webhook-ports.ts";

/** Sends wishes about DAGs to their owners. */
export interface CommandSender {
  /** Waits for what became of the command; a refusal is an answer, too. @throws MillraceError NOT_FOUND, TIMEOUT */
  send(dagId: string, command: Command, by: string): Promise<Answer>;
  /** What the command would do if it were sent now. @throws MillraceError with the code of the refusal that it would get */
  preview(dagId: string, command: Command): Promise<Preview>;
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
  readonly runLists: RunLists;
  readonly notes: Notes;
  /** What pages show of many things at once. */
  readonly overviews: Overviews;
  readonly logs: LogReader;
  /** Results that are too large for a row. */
  readonly blobs: Pick<BlobStore, "get">;
  /** A version of a DAG. @throws MillraceError NOT_FOUND */
  readonly loadGraph: (dagId: string, version: number) => Promise<Pick<VersionCode, "graph">>;
  /** Assets with their numbers, for API v1. */
  readonly assets: AssetLists;
  /** How many runs and task instances there are. */
  readonly totals: Totals;
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
  /** Pages that pipelines add to the UI; closed with the server. */
  readonly pages: Pages;
  readonly webhooks: WebhookPorts;
}
