import { randomUUID } from "node:crypto";
import { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyServerOptions } from "fastify";
import { problemBody } from "./problem.ts";
import type { ServerSettings } from "../settings.ts";

/** A connection over which nothing moves for so long is closed: a client that does not read its answer holds it no longer. Streams say something each 15 s. */
const IDLE_MS = 120_000;
/** Between two requests of a connection; longer than that of the usual load balancers, so that it is they who close. */
const KEEP_ALIVE_MS = 72_000;
/** How often connections that take too long are looked for. */
const CHECK_MS = 1_000;

/** How Fastify is set up: limits on everything that a client sends, and on how slowly. */
export function fastifyOptions(settings: ServerSettings, log: FastifyBaseLogger): FastifyServerOptions {
  const { requestTimeoutMs, trustedProxies, tls } = settings;
  const http = {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: CHECK_MS,
    maxHeaderSize: 16_384,
  };
  return {
    loggerInstance: log,
    // Whether it is HTTPS makes no difference to any route; the types of fastify tell two servers apart.
    ...((tls ? { https: { ...http, ...tls } } : { http }) as object),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: settings.bodyLimitBytes,
    routerOptions: { maxParamLength: 2_000 },
    requestTimeout: requestTimeoutMs,
    connectionTimeout: IDLE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    forceCloseConnections: "idle",
    // Of URLs that cannot be read, before there is a route.
    frameworkErrors: (error, _request, reply) => {
      const problem = problemBody(error);
      void (reply as unknown as FastifyReply)
        .code(problem.status)
        .type("application/problem+json")
        .send(JSON.stringify(problem));
    },
  };
}
