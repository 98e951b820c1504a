import { formatInstant, type Micros } from "@millrace/core";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ServerPorts } from "../ports.ts";

/** Without a heartbeat for this long a scheduler is unhealthy. */
const UNHEALTHY_AFTER_MICROS = 30_000_000;
/** A database that does not answer for so long is not ready. */
const READY_WITHIN_MS = 2_000;

/** What the health pages say of a part of the system. */
type Status = "healthy" | "unhealthy";

/** What {@link serveHealth} needs. */
export interface ServeHealthOptions {
  readonly ports: Pick<ServerPorts, "queries" | "now" | "database">;
  readonly version: string;
  /** Aborts when the server begins to stop. */
  readonly closing: AbortSignal;
}

/**
 * Serves `/livez` (the process answers), `/readyz` (it can serve: the database answers, has the schema that this version needs, and the server does not
 * stop) and `/health` (the same with details). Without a login, and without a word about the inside: why something is wrong is in the log.
 */
export function serveHealth(app: FastifyInstance, { ports, version, closing }: ServeHealthOptions): void {
  app.get(
    "/livez",
    { config: { operationId: "get_livez" } },
    async (_, reply) => await answer(reply, true, { status: "alive" }),
  );

  app.get("/readyz", { config: { operationId: "get_readyz" } }, async (request, reply) => {
    const database = await isReady(ports, (error) => request.log.warn({ err: error }, "database is not ready"));
    const isStopping = closing.aborted;
    return await answer(reply, database && !isStopping, {
      status: isStopping ? "stopping" : database ? "ready" : "not ready",
      database: statusOf(database),
    });
  });

  app.get("/health", { config: { operationId: "get_health_details" } }, async (request, reply) => {
    const database = await isReady(ports, (error) => request.log.warn({ err: error }, "database is not ready"));
    const schedulers = database ? await readSchedulers(ports) : [];
    const alive = schedulers.filter(({ status }) => status === "healthy").length;
    const status = statusOf(database && alive > 0);
    return await answer(reply, database, {
      status,
      version,
      server: { status: closing.aborted ? "stopping" : "healthy" },
      metadatabase: { status: statusOf(database) },
      scheduler: {
        status: statusOf(alive > 0),
        alive,
        latest_scheduler_heartbeat: latestOf(schedulers.map(({ heartbeatAt }) => heartbeatAt)),
      },
    });
  });
}

async function isReady({ database }: ServeHealthOptions["ports"], onError: (error: unknown) => void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS);
  });
  try {
    await Promise.race([database.check(), late]);
    return true;
  } catch (error) {
    onError(error);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function readSchedulers({
  queries,
  now,
}: ServeHealthOptions["ports"]): Promise<readonly { readonly status: Status; readonly heartbeatAt: Micros }[]> {
  const schedulers = await queries.listSchedulers();
  return schedulers.map(({ heartbeatAt }) => ({
    status: statusOf(now() - heartbeatAt < UNHEALTHY_AFTER_MICROS),
    heartbeatAt,
  }));
}

function latestOf(instants: readonly Micros[]): string | null {
  return instants.length === 0 ? null : formatInstant(Math.max(...instants));
}

function statusOf(isFine: boolean): Status {
  return isFine ? "healthy" : "unhealthy";
}

async function answer(reply: FastifyReply, isFine: boolean, body: object): Promise<FastifyReply> {
  return await reply
    .code(isFine ? 200 : 503)
    .header("cache-control", "no-store")
    .type("application/json")
    .send(JSON.stringify(body));
}
