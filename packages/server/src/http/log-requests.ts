import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Caller } from "../access/caller.ts";
import { operationOf } from "../metrics/http-metrics.ts";

const CALLER = Symbol("caller");
type Known = FastifyRequest & { [CALLER]?: string };

/** Notes who has sent a request, for its line in the log. */
export function noteCaller(request: FastifyRequest, { kind, name }: Caller): void {
  (request as Known)[CALLER] = kind === "anonymous" ? kind : `${kind}:${name}`;
}

/**
 * Logs one line for each request, when it is answered: its id, method, operation, route, status, milliseconds and caller. The path and the query are not in
 * it: both may hold secrets.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const fields = {
      method: request.method,
      operation: operationOf(request),
      // The pattern, like /api/v1/dags/:dag_id.
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      from: request.ip,
      caller: (request as Known)[CALLER] ?? null,
    };
    request.log.info(fields, "request answered");
    done();
  });
}
