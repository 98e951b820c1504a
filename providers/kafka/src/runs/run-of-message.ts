import { isMillraceError, Permanent, type AnyParams, type Context } from "@millrace/core";
import type { ReadMessage } from "../consume/read-message.ts";

/** What becomes of messages. */
export interface RunRequest {
  /** The DAG of which a run is started. */
  readonly dagId: string;
  /** Makes the conf of the run. Default: the value, which must be an object of JSON. */
  readonly conf?: (message: ReadMessage) => AnyParams | Promise<AnyParams>;
  /** How run ids begin. Default `kafka`. */
  readonly prefix?: string;
}

/** What became of a message. */
export type StartedRun =
  { readonly kind: "started" | "known"; readonly runId: string } | { readonly kind: "bad"; readonly reason: string };

/** Error codes that blame the conf, and so the message. */
const OF_CONF: readonly string[] = ["BAD_PARAM", "NOT_STORABLE", "TOO_LARGE", "DATA_REJECTED", "BAD_ARGUMENT"];

/** The id of the run of a message: the same each time it is read. */
function runIdOf(
  { topic, partition, offset }: Pick<ReadMessage, "topic" | "partition" | "offset">,
  prefix = "kafka",
): string {
  return `${prefix}__${topic}__${partition}__${offset}`;
}

/**
 * Starts the run of a message; it is durable when this returns. One that was started before, here or elsewhere, is found.
 *
 * @throws Permanent without such a DAG; MillraceError TIMEOUT when no scheduler answers
 */
export async function startRun(
  message: ReadMessage,
  { dagId, conf: confOf = confOfValue, prefix }: RunRequest,
  ctx: Pick<Context, "dags">,
): Promise<StartedRun> {
  const runId = runIdOf(message, prefix);
  let conf: AnyParams;
  try {
    conf = await confOf(message);
  } catch (error) {
    return { kind: "bad", reason: (error as Error).message };
  }
  try {
    const run = await ctx.dags.trigger({ dagId, runId, key: runId, conf });
    return { kind: run.origin === "new" ? "started" : "known", runId };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    if (OF_CONF.includes(error.code)) return { kind: "bad", reason: error.message };
    if (error.code === "NOT_FOUND") throw Object.assign(new Permanent(error.message), { cause: error });
    throw error;
  }
}

function confOfValue({ value }: ReadMessage): AnyParams {
  if (value === null) throw new Permanent("it has no value");
  const conf: unknown = JSON.parse(value);
  if (typeof conf === "object" && conf !== null && !Array.isArray(conf)) return conf as AnyParams;
  throw new Permanent("its value is no object of JSON");
}
