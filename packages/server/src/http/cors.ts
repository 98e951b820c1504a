import type { FastifyInstance } from "fastify";

/**
 * Lets pages of other origins use the API, as Airflow's `access_control_allow_origins` does: a listed origin is echoed, a request without one gets the
 * first of the list, an unlisted one gets nothing; `*` stays `*`. Without a list no header is sent.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  const [first] = origins;
  if (first === undefined) return;
  app.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    const allowed = origins.includes("*") ? "*" : origin === undefined ? first : origins.find((one) => one === origin);
    if (allowed !== undefined) {
      reply.header("access-control-allow-origin", allowed).header("vary", "Origin");
      reply.header("access-control-allow-headers", "Authorization, Content-Type, Idempotency-Key, If-Match");
      reply.header("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
      reply.header("access-control-expose-headers", "ETag, Location, Retry-After, X-Request-Id");
    }
    // A preflight asks without credentials; what it asks about is still refused to those who may not.
    if (request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined) {
      void reply.code(204).send();
      return;
    }
    done();
  });
}
