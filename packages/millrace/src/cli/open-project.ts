import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  MillraceError,
  type Answer,
  type Audit,
  type Command,
  type EngineStore,
  type InstanceRef,
  type Preview,
  type Queries,
  type SystemRules,
} from "@millrace/core";
import {
  liveSchedulers,
  previewCommand,
  sendCommand,
  settleCommand,
  type EngineLog,
  type LogLine,
} from "@millrace/engine";
import { ensureRoles } from "@millrace/server/access";
import { openStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { createEngineLog } from "../system/engine-log.ts";
import { openDatabase } from "../system/open-database.ts";
import { rulesOf } from "../system/rules-of.ts";
import { scanDags } from "../system/scan-dags.ts";
import { tellOfScan } from "./tell-of-scan.ts";
import { hearStop } from "./hear-stop.ts";
import { auditedQueries, noteCommand, type Writer } from "./audit-writes.ts";
import { localAccounts, localTokens } from "./local-accounts.ts";
import { localWebhooks } from "./local-webhooks.ts";
import type { CommandContext } from "./make-command.ts";
import type { ManagedAccounts, ManagedTokens } from "./managed-accounts.ts";
import type { ManagedWebhooks } from "./managed-webhooks.ts";
import type { RemoteServer } from "./remote/remote-server.ts";
import type { Terminal } from "./terminal.ts";

/** What a command would do; a server lists the first instances of many. */
export type SeenPreview = Preview & { readonly total: number };

/** A project's database as a command uses it. */
export interface OpenProject {
  readonly engine: EngineStore;
  readonly queries: Queries;
  readonly webhooks: ManagedWebhooks;
  readonly accounts: ManagedAccounts;
  readonly tokens: ManagedTokens;
  /** Makes the built-in roles that are missing. */
  ensureRoles(): Promise<void>;
  readonly audit: Audit;
  /** True when some Millrace runs on this database. */
  readonly isLive: boolean;
  /** Whether some Millrace runs on it now. */
  findIsLive(): Promise<boolean>;
  /** Sends a command and waits for what became of it. @throws MillraceError with the code of a refusal */
  send(dagId: string, command: Command): Promise<Extract<Answer, { ok: true }>>;
  /** Says what a command would do. @throws MillraceError with the code of the refusal that it would get */
  preview(dagId: string, command: Command): Promise<SeenPreview>;
  /** Log lines of a try from a line on. Only a server's project has it: that of this machine has the files. */
  readonly readLines?: (
    instance: InstanceRef,
    query: { readonly try: number; readonly from: number },
  ) => Promise<readonly LogLine[]>;
}

/**
 * Opens the database of a project for one command, whether or not a Millrace runs. Without one, DAG files are read first, so that lists and
 * commands see them as they are now.
 *
 * A signal ends the work and leaves no server behind.
 *
 * @throws MillraceError BAD_CONFIG when there is no project, NO_DATABASE; StoppedBySignal
 */
export async function withProject<T>(context: CommandContext, work: (project: OpenProject) => Promise<T>): Promise<T> {
  return await open(context, work, { readsFiles: true });
}

/** As {@link withProject} for commands about certain DAGs: other files that take long to load are left out. */
export async function withDags<T>(
  context: CommandContext,
  dagIds: readonly string[],
  work: (project: OpenProject) => Promise<T>,
): Promise<T> {
  return await open(context, work, { readsFiles: true, dagIds });
}

/** As {@link withProject} for commands that have nothing to do with DAG files: they are not read. */
export async function withDatabase<T>(context: CommandContext, work: (project: OpenProject) => Promise<T>): Promise<T> {
  return await open(context, work, { readsFiles: false });
}

async function open<T>(
  context: CommandContext,
  work: (project: OpenProject) => Promise<T>,
  { readsFiles, dagIds }: { readonly readsFiles: boolean; readonly dagIds?: readonly string[] },
): Promise<T> {
  const { config, terminal, debug, remote } = context;
  if (remote) return await withStop(terminal, async () => await work(await openLazily(remote)));
  requireProject(config);
  const log = createEngineLog(debug ? "debug" : "silent");
  const stopping = hearStop(terminal);
  try {
    // Not raced: a server that is half started would be left behind.
    const database = await openDatabase(config, "command");
    try {
      const store = await openStore({
        url: database.url,
        dataFolder: config.core.dataFolder,
        secretKeys: config.security.secretKeys,
        maxConnections: 4,
      });
      const { engine, webhooks, accounts, logins, audit } = store;
      const host = hostname();
      const writer = { audit, event: context.event, user: terminal.user, host };
      const queries = auditedQueries(store.queries, writer);
      try {
        return await stopping.race(async () => {
          const findIsLive = async (): Promise<boolean> =>
            (await liveSchedulers({ store: engine, queries, host })).size > 0;
          const isLive = await findIsLive();
          if (readsFiles && !isLive) {
            const options = { config, env: terminal.env, log, store: engine, signal: stopping.signal };
            await scanDags({ ...options, ...tellOfScan(context), ...(dagIds && { dagIds }) });
            terminal.status("");
          }
          const rules = rulesOf(config);
          const { send, settle } = makeSending({ engine, queries, log, writer, rules });
          const preview: OpenProject["preview"] = async (dagId, command) => {
            const seen = await previewCommand(dagId, command, { store: engine, rules });
            return { ...seen, total: seen.instances.length };
          };
          const ports = {
            engine,
            queries,
            audit,
            webhooks: localWebhooks(webhooks, { engine, settle, by: `user:${terminal.user}`, from: host }),
            accounts: localAccounts(accounts),
            tokens: localTokens(logins, { accounts, now: () => engine.now() }),
            ensureRoles: () => ensureRoles(accounts),
          };
          return await work({ ...ports, isLive, findIsLive, preview, send });
        });
      } finally {
        await store.close();
      }
    } finally {
      await database.close();
    }
  } finally {
    stopping.end();
  }
}

/** With it come the schemas of all operations: a project of this machine does without. */
async function openLazily(remote: RemoteServer): Promise<OpenProject> {
  const { openRemote } = await import("./remote/remote-project.ts");
  return await openRemote(remote);
}

/** Ends the work at a signal. */
async function withStop<T>(terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const stopping = hearStop(terminal);
  try {
    return await stopping.race(work);
  } finally {
    stopping.end();
  }
}

/** Whether a project's folder has something of one. */
export function isProject({ projectFolder, core }: Config): boolean {
  return [join(projectFolder, "millrace.json"), core.dataFolder, ...core.dagFolders].some((path) => existsSync(path));
}

/**
 * Nothing is created in a folder that is no project.
 *
 * @throws MillraceError BAD_CONFIG
 */
export function requireProject(config: Config): void {
  if (isProject(config)) return;
  throw new MillraceError(
    "BAD_CONFIG",
    `${config.projectFolder} is no Millrace project: it has neither millrace.json nor a folder ${config.core.dagFolders.join(" or ")}`,
    {
      details: { hint: "Make one with `millrace init`, or name its folder with --project." },
    },
  );
}

function makeSending(tools: {
  readonly engine: EngineStore;
  readonly queries: Queries;
  readonly log: EngineLog;
  readonly writer: Writer;
  readonly rules: SystemRules;
}): Pick<OpenProject, "send"> & {
  /** Waits for what becomes of a command that is in the inbox already. @throws MillraceError with the code of a refusal */
  readonly settle: (dagId: string, inboxId: number) => Promise<Extract<Answer, { ok: true }>>;
} {
  const { engine, queries, log, writer, rules } = tools;
  const { host, user } = writer;
  const options = { store: engine, queries, log, host, pid: process.pid, rules };
  const carriedOut = (dagId: string, answer: Answer): Extract<Answer, { ok: true }> => {
    if (answer.ok) return answer;
    throw new MillraceError(answer.code, answer.message, { details: { dagId } });
  };
  return {
    send: async (dagId, command) => {
      await noteCommand(writer, dagId, command);
      return carriedOut(dagId, await sendCommand({ dagId, command, by: `user:${user}` }, options));
    },
    settle: async (dagId, inboxId) => carriedOut(dagId, await settleCommand({ dagId, inboxId }, options)),
  };
}
