import { isSecretName, type Audit, type AuditEntry, type Command, type Queries } from "@millrace/core";

/** Who writes, by which command, from where. */
export interface Writer {
  readonly audit: Audit;
  /** As in {@link CommandContext.event}. */
  readonly event: string;
  readonly user: string;
  readonly host: string;
}

const LONGEST = 4_000;

type About = Pick<AuditEntry, "dagId" | "runKey" | "extra">;

/** Writes down what is about to be done. Values of variables and connections are left out. */
async function noteWrite({ audit, event, user, host }: Writer, about: About): Promise<void> {
  await audit.record({ event, by: `user:${user}`, from: host, ...about });
}

/** Writes down that something is about to be done that belongs to no DAG. */
export async function noteWork(writer: Writer, about: object): Promise<void> {
  await noteWrite(writer, { extra: masked(about) });
}

/** Writes down that a command is about to be sent to the owner of a DAG. */
export async function noteCommand(writer: Writer, dagId: string, command: Command): Promise<void> {
  const runKey = "runKey" in command ? command.runKey : undefined;
  await noteWrite(writer, { dagId, extra: masked(command), ...(runKey !== undefined && { runKey }) });
}

/** The same questions; each write among them is written down first. */
export function auditedQueries(queries: Queries, writer: Writer): Queries {
  const note = async (extra: object, dagId?: string): Promise<void> =>
    await noteWrite(writer, { extra: masked(extra), ...(dagId !== undefined && { dagId }) });
  return {
    ...queries,
    createBackfill: async (wish, by) => {
      await note(wish, wish.dagId);
      return await queries.createBackfill(wish, by);
    },
    setBackfillState: async (backfillId, state) => {
      await note({ backfillId, state });
      return await queries.setBackfillState(backfillId, state);
    },
    updateAsset: async (uri, extra) => {
      await note({ uri, extra });
      return await queries.updateAsset(uri, extra);
    },
    deleteDag: async (dagId, options) => {
      await note({ dagId }, dagId);
      return await queries.deleteDag(dagId, options);
    },
    setPool: async (pool) => {
      await note(pool);
      await queries.setPool(pool);
    },
    deletePool: async (pool) => {
      await note({ pool });
      await queries.deletePool(pool);
    },
    setVariable: async (variable) => {
      await note({ key: variable.key, value: "***" });
      await queries.setVariable(variable);
    },
    deleteVariable: async (key) => {
      await note({ key });
      await queries.deleteVariable(key);
    },
    setConnection: async (connection) => {
      const { connectionId, connectionType } = connection;
      await note({ connectionId, connectionType, value: "***" });
      await queries.setConnection(connection);
    },
    deleteConnection: async (connectionId) => {
      await note({ connectionId });
      await queries.deleteConnection(connectionId);
    },
  };
}

/** As JSON, with what has the name of a secret left out; a run's conf is JSON text of its own. */
function masked(about: object): string {
  return JSON.stringify(about, (key, value: unknown) => {
    if (key !== "" && isSecretName(key) && value !== null) return "***";
    return key === "conf" && typeof value === "string" ? parsed(value) : value;
  }).slice(0, LONGEST);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the command will be refused.
    return text;
  }
}
