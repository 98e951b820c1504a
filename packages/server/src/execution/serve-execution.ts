// R3. The credential is the dispatch: it is looked up with each request, and lives as long as its task instance is in it. It is never logged.
// R5. A report is answered when it is durable.
import {
  askOfDispatch,
  claimDispatch,
  getBlob,
  heartbeatDispatch,
  putBlob,
  pushLog,
  reportDispatch,
  type Operation,
} from "@millrace/api";
import {
  MillraceError,
  type Execution,
  type LiveDispatch,
  type Micros,
  type Report,
  type WorkerCalls,
} from "@millrace/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../http/problem.ts";
import { Reply, textReply } from "../http/reply.ts";
import type { Input } from "../http/route.ts";
import { makeOwnReader } from "../own/read-own-input.ts";
import { OWN_ROOT } from "../own/own-routes.ts";
import { ANSWERERS, isOwnBlob, runOfBlob, scopedReport, type Asked } from "./scope.ts";

/** Of a request that brings a value: the largest that a worker keeps, as text of JSON, and what it is wrapped in. */
const BLOB_BYTES = 160 * 1_048_576;
/** A report holds texts of up to a megabyte each. */
const REPORT_BYTES = 8 * 1_048_576;

/** What {@link serveExecution} needs. */
export interface ServeExecutionOptions {
  readonly execution: Execution;
  readonly now: () => Micros;
}

interface Request extends Input {
  readonly token: string;
  readonly raw: Buffer;
}

type Handler = (request: Request) => Promise<unknown>;

/** Serves the execution API: all that workers without a database need. No user's credential is good for it, and a dispatch is good for nothing else. */
export function serveExecution(app: FastifyInstance, { execution, now }: ServeExecutionOptions): void {
  const { dispatches, logs } = execution;
  const live: Live = async (token) => orDead(await dispatches.find(token));
  const serve = (operation: Operation, handle: Handler): void =>
    serveOne(app, { operation, handle, before: () => Promise.resolve() });
  // Nobody but the worker of a live dispatch may send as much as these take.
  const serveLarge = (operation: Operation, handle: Handler, bodyLimit: number): void =>
    serveOne(app, { operation, handle, bodyLimit, before: async (token) => void (await live(token)) });

  serve(claimDispatch, async ({ token, body }) => {
    const { workerId } = body as { readonly workerId: string };
    const claim = await dispatches.claim(token, workerId);
    if (claim.kind === "taken") throw new MillraceError("CONFLICT", "another worker has this dispatch");
    if (claim.kind === "dead") throw dead();
    return { dispatch: claim.dispatch, now: now() };
  });

  serve(heartbeatDispatch, async ({ token }) => {
    const { state, stop } = orDead(await dispatches.heartbeat(token));
    return { running: state !== "queued", now: now(), ...(stop !== undefined && { stop }) };
  });

  serve(pushLog, async ({ token, body }) => {
    const { dispatch } = await live(token);
    const { from, lines } = body as { readonly from: number; readonly lines: readonly string[] };
    return { lines: await logs.push({ dispatchId: dispatch.dispatchId, from, lines }) };
  });

  serveLarge(
    reportDispatch,
    async ({ token, body }) => {
      // An end that is reported again after its commit finds its dispatch dead: the worker drops it, which is what it should do.
      const { dispatch } = await live(token);
      const given = (body as { readonly report: Report }).report;
      const report = scopedReport({ dispatch, task: await execution.taskOf(dispatch) }, given);
      await execution.report(dispatch, withLog(execution, given, report));
      if (report.kind !== "started") logs.end(dispatch.dispatchId);
      return {};
    },
    REPORT_BYTES,
  );

  serve(askOfDispatch, async ({ token, params, body }) => {
    const { dispatch } = await live(token);
    const answerer = ANSWERERS[params["question"] as keyof WorkerCalls];
    const scope = { dispatch, task: await execution.taskOf(dispatch) };
    return { value: await answerer(execution.callsOf(dispatch), scope, body as Asked) };
  });

  serveBlobs({ execution, live, serve, serveLarge });
}

type Live = (token: string) => Promise<LiveDispatch>;

interface ServingBlobs {
  readonly execution: Execution;
  readonly live: Live;
  readonly serve: (operation: Operation, handle: Handler) => void;
  readonly serveLarge: (operation: Operation, handle: Handler, bodyLimit: number) => void;
}

/** Values that are too large for a row. */
function serveBlobs({ execution, live, serve, serveLarge }: ServingBlobs): void {
  const { blobs, dispatches } = execution;
  serve(getBlob, async ({ token, query }) => {
    const { dispatch } = await live(token);
    const key = query["key"] as string;
    const runId = runOfBlob(key);
    const isReadable =
      runId !== undefined &&
      (runId === dispatch.run.runId || (await dispatches.findDagOfRun(runId)) === dispatch.dagId);
    if (!isReadable) throw new Problem(403, { detail: "this is no value of the dispatch's DAG" });
    return textReply(await blobs.get(key));
  });

  serveLarge(
    putBlob,
    async ({ token, query, raw }) => {
      const { dispatch } = await live(token);
      const key = query["key"] as string;
      if (!isOwnBlob(dispatch, key)) throw new Problem(403, { detail: "this is no place of the dispatch's task" });
      await blobs.put(key, raw.toString("utf8"));
    },
    BLOB_BYTES,
  );
}

/** Lines that were pushed lie here; a log that was never pushed travels whole in its tail. */
function withLog({ logs }: Execution, given: Report, report: Report): Report {
  if (report.kind === "started" || given.kind === "started") return report;
  const pushed = logs.find(given.dispatchId);
  const log = pushed ?? (given.log && { ...given.log, segment: "", from: 0, to: 0 });
  return log ? { ...report, log } : report;
}

interface Serving {
  readonly operation: Operation;
  readonly handle: Handler;
  /** Default: the server's. */
  readonly bodyLimit?: number;
  /** Before anything of the body is read. */
  readonly before: (token: string) => Promise<void>;
}

function serveOne(app: FastifyInstance, { operation, handle, bodyLimit, before }: Serving): void {
  const { id, method, path, status = 200 } = operation;
  const readInput = makeOwnReader(operation);
  app.route({
    method,
    url: OWN_ROOT + path.replaceAll(/\{(\w+)\}/g, ":$1"),
    config: { operationId: id },
    ...(bodyLimit !== undefined && { bodyLimit }),
    onRequest: async (request) => await before(tokenOf(request)),
    handler: async (request, reply) => {
      const token = tokenOf(request);
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return await send(reply, status, await handle({ ...readInput(request), token, raw }));
    },
  });
}

function tokenOf({ headers }: FastifyRequest): string {
  const token = /^Bearer ([0-9a-f]{32})$/.exec(headers.authorization ?? "")?.[1];
  if (token === undefined)
    throw new Problem(401, { detail: "the execution API takes a dispatch as bearer token, and nothing else" });
  return token;
}

async function send(reply: FastifyReply, status: number, answer: unknown): Promise<FastifyReply> {
  reply.code(status).header("cache-control", "no-store");
  if (answer instanceof Reply) return await reply.type(answer.mediaType ?? "application/json").send(answer.body);
  if (answer === undefined) return await reply.send();
  return await reply.type("application/json").send(JSON.stringify(answer));
}

function orDead(found: LiveDispatch | undefined): LiveDispatch {
  if (!found) throw dead();
  return found;
}

/** Without the id: it is a credential, and this goes into logs. */
function dead(): MillraceError {
  return new MillraceError(
    "DISPATCH_DEAD",
    "no task instance is in this dispatch: it has ended, was stopped, or never was",
  );
}
