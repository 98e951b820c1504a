import * as api from "@millrace/api";
import {
  MillraceError,
  parseInstant,
  type Answer,
  type Audit,
  type Command,
  type EngineStore,
  type InstanceRef,
  type Preview,
  type Queries,
  type StoredValue,
} from "@millrace/core";
import type { LogLine } from "@millrace/engine";
import type { ManagedAccounts, ManagedTokens } from "../managed-accounts.ts";
import type { ManagedWebhooks } from "../managed-webhooks.ts";
import { askServer, orNothing } from "./ask-server.ts";
import { connectTo } from "./connect-to.ts";
import { remoteAccounts, remoteTokens } from "./remote-accounts.ts";
import { remoteQueries } from "./remote-queries.ts";
import type { RemoteServer } from "./remote-server.ts";
import { sendRemotely } from "./remote-sender.ts";
import { remoteWebhooks } from "./remote-webhooks.ts";

const RESULTS_AT_ONCE = 8;

type Done = Extract<Answer, { ok: true }>;

/** A project that a server has, as commands use one of this machine. What servers do not carry refuses. */
export interface RemoteProject {
  readonly engine: EngineStore;
  readonly queries: Queries;
  readonly webhooks: ManagedWebhooks;
  readonly accounts: ManagedAccounts;
  readonly tokens: ManagedTokens;
  readonly audit: Audit;
  readonly isLive: boolean;
  findIsLive(): Promise<boolean>;
  send(dagId: string, command: Command): Promise<Done>;
  ensureRoles(): Promise<void>;
  preview(dagId: string, command: Command): Promise<Preview & { readonly total: number }>;
  readLines(instance: InstanceRef, query: { readonly try: number; readonly from: number }): Promise<readonly LogLine[]>;
}

/** Connects to a server. @throws MillraceError NO_SERVER, NOT_LOGGED_IN */
export async function openRemote(remote: RemoteServer): Promise<RemoteProject> {
  const client = connectTo(remote);
  const findIsLive = async (): Promise<boolean> => (await askServer(client, api.getSystem, {})).isLive;
  const isLive = await findIsLive();
  return {
    engine: remoteEngine(client),
    queries: remoteQueries(client),
    isLive,
    findIsLive,
    send: (dagId, command) => sendRemotely(client, dagId, command),
    preview: (dagId, command) => askServer(client, api.previewCommand, { params: { dagId }, body: { command } }),
    readLines: (instance, query) => readLines(client, instance, query),
    webhooks: refusing<ManagedWebhooks>("what webhooks are signed with", remoteWebhooks(client)),
    accounts: remoteAccounts(client),
    tokens: remoteTokens(client),
    // A server has made them when it began.
    ensureRoles: () => Promise.resolve(),
    audit: refusing("the audit"),
  };
}

/** What commands ask of the engine's store beside queries; nobody runs anything through a server. */
function remoteEngine(client: api.MillraceClient): EngineStore {
  const asked: Partial<EngineStore> = {
    now: async () => (await askServer(client, api.getSystem, {})).now,
    loadGraph: (dagId, version) => askServer(client, api.getVersion, { params: { dagId, version } }),
    findRunId: async (dagId, runKey) =>
      (await orNothing(askServer(client, api.findRun, { params: { dagId, runKey } })))?.runId,
    findRunByLogicalDate: async (dagId, date) =>
      (await remoteQueries(client).runsAtDates(dagId, [date])).find(({ logicalDate }) => logicalDate === date)?.runId,
    readResults: (keys) => readResults(client, keys),
    // Processes of another host cannot be looked at: their heartbeats say whether they live.
    schedulersOfHost: () => Promise.resolve([]),
  };
  return refusing<EngineStore>("the engine", asked);
}

/** The API tells one value at a time; a key without an index is not asked for by commands. */
async function readResults(
  client: api.MillraceClient,
  keys: Parameters<EngineStore["readResults"]>[0],
): ReturnType<EngineStore["readResults"]> {
  const found: (readonly StoredValue[])[] = [];
  for (let from = 0; from < keys.length; from += RESULTS_AT_ONCE) {
    const some = keys.slice(from, from + RESULTS_AT_ONCE).map(async ({ runId, taskId, mapIndex = -1 }) => {
      const value = await orNothing(askServer(client, api.getXCom, { params: { runId, taskId, mapIndex }, query: {} }));
      return value ? [value] : [];
    });
    found.push(...(await Promise.all(some)));
  }
  return found;
}

async function readLines(
  client: api.MillraceClient,
  params: { readonly runId: number; readonly taskId: string; readonly mapIndex: number },
  query: { readonly try: number; readonly from: number },
): Promise<readonly LogLine[]> {
  const stream = await client.stream(api.readLog, { params, query: { ...query, follow: false } });
  const text = await new Response(stream).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const told = JSON.parse(line) as Omit<LogLine, "ts"> & { readonly ts: string };
      return { ...told, ts: parseInstant(told.ts, "UTC") };
    });
}

/** Stands for a port of which a server carries a part, or nothing: the rest is refused. */
function refusing<Port extends object>(what: string, carried: Partial<Port> = {}): Port {
  return new Proxy(carried as Port, {
    get: (port, name) => (Reflect.get(port, name) as unknown) ?? (() => Promise.reject(notRemote(what))),
  });
}

function notRemote(what: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `a server does not let commands at ${what}`, {
    details: { hint: "Run the command on the server's host, without --server." },
  });
}
