import type { FastifyInstance, FastifyRequest } from "fastify";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The operation that a request asks for; `unknown` for paths that nothing serves. Never a path: anybody could make up any number of them. */
export function operationOf(request: FastifyRequest): string {
  const { operationId } = request.routeOptions.config as { readonly operationId?: unknown };
  return typeof operationId === "string" ? operationId : "unknown";
}

/** Counts and times every request of a server. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const registers = [registry];
  const requests = new Counter({
    name: "millrace_http_requests_total",
    help: "Requests answered, by operation, method and status.",
    labelNames: ["operation", "method", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "millrace_http_request_duration_seconds",
    help: "From the arrival of a request to the end of its answer, by operation. Event streams count when they end.",
    labelNames: ["operation"],
    buckets: SECONDS,
    registers,
  });
  const inFlight = new Gauge({
    name: "millrace_http_requests_in_flight",
    help: "Requests that are not answered to the end.",
    registers,
  });
  app.addHook("onRequest", (_request, _reply, done) => {
    inFlight.inc();
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const operation = operationOf(request);
    inFlight.dec();
    requests.inc({ operation, method: request.method, status: reply.statusCode });
    seconds.observe({ operation }, reply.elapsedTime / 1_000);
    done();
  });
}
