import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { documentRoutes } from "./documents/document-routes.ts";
import { allowOrigins } from "./http/cors.ts";
import { fastifyOptions } from "./http/fastify-options.ts";
import { makeRateLimit } from "./http/limit-rate.ts";
import { serveExecution } from "./execution/serve-execution.ts";
import { serveHealth } from "./health/serve-health.ts";
import { logRequests } from "./http/log-requests.ts";
import { challenge } from "./access/challenge.ts";
import { problemBody, Problem } from "./http/problem.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { serveRoute, type Authenticate } from "./http/serve-route.ts";
import { metricsRoutes } from "./metrics/serve-metrics.ts";
import { ownRoutes } from "./own/own-routes.ts";
import { ownOperations } from "./own/own-operations.ts";
import type { ServerPorts } from "./ports.ts";
import type { ServerSettings } from "./settings.ts";
import { answerUnknown } from "./http/unknown-path.ts";
import { serveUi } from "./ui/serve-ui.ts";
import { serveWebhooks } from "./webhooks/serve-webhooks.ts";
import { v1Handlers } from "./v1/v1-handlers.ts";
import { v1Routes } from "./v1/v1-routes.ts";

/** What a server is made of. */
export interface ServerOptions {
  readonly ports: ServerPorts;
  readonly settings: ServerSettings;
  readonly authenticate: Authenticate;
  readonly log: FastifyBaseLogger;
}

/** Makes the HTTP server with all of its routes; it does not listen yet. */
export async function createServer({ ports, settings, authenticate, log }: ServerOptions): Promise<FastifyInstance> {
  const app = fastify(fastifyOptions(settings, log));
  if (settings.maxConnections > 0) app.server.maxConnections = settings.maxConnections;
  await app.register(helmet, securityHeaders(settings.tls !== undefined));
  await app.register(cookie);
  allowOrigins(app, settings.corsOrigins);
  const limitRate = await makeRateLimit(app, settings.requestsPerMinute);
  const closing = new AbortController();
  app.addHook("preClose", (done) => {
    closing.abort();
    done();
  });
  app.addHook("onClose", () => ports.pages.close());
  // Bodies stay bytes until the operation reads them: signatures are made over bytes, and errors speak the API's words.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  app.addHook("onSend", (request, reply, _payload, done) => {
    reply.header("x-request-id", request.id);
    // Else a stopping server would wait for the next request of a connection that is kept alive.
    if (closing.signal.aborted) reply.header("connection", "close");
    done();
  });

  // Before the routes: they take over the handler that there is when plugins are loaded, which registering the interface's files does.
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemBody(error);
    if (problem.status >= 500) request.log.error({ err: error }, "request failed");
    if (error instanceof Problem) reply.headers(error.headers);
    if (problem.status === 401) reply.header("www-authenticate", challenge(request.url, settings.auth));
    return await reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  });

  logRequests(app);
  const { version } = settings;
  const metrics = metricsRoutes(app, { store: ports.metrics, access: settings.metrics, version });
  serveExecution(app, { execution: ports.execution, now: ports.now });
  serveHealth(app, { ports, version, closing: closing.signal });
  const settling = serveWebhooks(app, { ports: ports.webhooks, now: ports.now });
  const own = ownOperations(ports, settings, settling);
  const documents = documentRoutes(
    own.map(({ operation }) => operation),
    version,
  );
  const routes = [...v1Routes(v1Handlers(ports, settings)), ...ownRoutes(own), ...documents, ...metrics];
  const serving = { authenticate, limitRate, audit: ports.audit, queries: ports.queries, closing: closing.signal };
  for (const route of routes) serveRoute(app, route, serving);
  app.setNotFoundHandler(answerUnknown(routes, await serveUi(app, settings.uiFolder)));
  return app;
}
