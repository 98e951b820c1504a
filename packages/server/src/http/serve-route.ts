import type { Need } from "@millrace/api";
import type { AuditEntry } from "@millrace/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { may, NOBODY, type Caller } from "../access/caller.ts";
import type { ServerPorts } from "../ports.ts";
import { auditExtra } from "./audit-extra.ts";
import { auditSubject, type AuditSubject, type FindSubject } from "./audit-subject.ts";
import type { RequestFacts } from "./call.ts";
import type { LimitRate } from "./limit-rate.ts";
import { noteCaller } from "./log-requests.ts";
import { Problem } from "./problem.ts";
import { Reply } from "./reply.ts";
import type { Input, Route } from "./route.ts";

/** Finds out who sends a request. @throws Problem 401 for credentials that are wrong, 429 for too many of them */
export type Authenticate = (request: FastifyRequest) => Promise<Caller>;

/** What serving a route needs. */
export interface Serving {
  readonly authenticate: Authenticate;
  readonly limitRate: LimitRate;
  readonly audit: ServerPorts["audit"];
  /** What runs and backfills that are named by a number belong to. */
  readonly queries: FindSubject;
  /** Aborts when the server begins to stop. */
  readonly closing: AbortSignal;
}

const CHOOSE_PASSWORD =
  "choose a password of your own first: PUT /api/millrace/v1/session/password with currentPassword and newPassword";

/** Serves a route: who is it, may they, does the input fit, audit, handle, answer. */
export function serveRoute(app: FastifyInstance, route: Route, serving: Serving): void {
  const { authenticate, limitRate, audit, queries, closing } = serving;
  app.route({
    method: route.method,
    url: route.url,
    config: { operationId: route.id },
    handler: async (request, reply) => {
      // What is open to everybody does not depend on credentials, nor on the database that knows them.
      const caller = route.access.length === 0 ? NOBODY : await authenticate(request);
      noteCaller(request, caller);
      await limitRate(request, caller);
      if (caller.mustChangePassword && !route.beforePasswordChange) throw new Problem(403, { detail: CHOOSE_PASSWORD });
      const dagId = dagOf(route, request);
      requireAccess(caller, route.access, dagId);
      const input = route.readInput(request);
      if (route.auditEvent !== undefined) {
        const subject = await auditSubject(queries, input);
        await audit.record(auditEntry(route, { caller, request, input, subject }));
      }
      const answer = await route.handle({ caller, ...input, request: factsOf(request, reply, closing) });
      return await send(reply, answer, route.status);
    },
  });
}

/** @throws Problem 401 for nobody in particular, 403 for those who may not */
function requireAccess(caller: Caller, access: Route["access"], dagId: string | undefined): void {
  const isKnown = caller.kind !== "anonymous";
  if (access === "login") {
    if (!isKnown) throw new Problem(401);
    return;
  }
  // A list over all DAGs is for everybody who may see one of them; its handler leaves out the others.
  const isMissing = (need: Need): boolean =>
    !may(caller, need, dagId) && !(dagId === undefined && mayOnSome(caller, need));
  if (!access.some(isMissing)) return;
  throw new Problem(isKnown || caller.permissions.size > 0 ? 403 : 401);
}

function mayOnSome({ permissions }: Caller, [action, resource]: Need): boolean {
  return resource === "DAGs" && [...permissions].some((name) => name.startsWith(`${action} DAG:`));
}

/** The DAG that a path names; `~` names none in particular. */
function dagOf({ dagParam }: Route, request: FastifyRequest): string | undefined {
  const value = dagParam === undefined ? undefined : (request.params as Readonly<Record<string, string>>)[dagParam];
  return value === "~" ? undefined : value;
}

function auditEntry(
  { id, auditEvent = id }: Route,
  about: {
    readonly caller: Caller;
    readonly request: FastifyRequest;
    readonly input: Input;
    readonly subject: AuditSubject;
  },
): AuditEntry {
  const { caller, request, input, subject } = about;
  const extra = auditExtra(id, input);
  return {
    event: auditEvent,
    by: `${caller.kind}:${caller.name}`,
    from: request.ip,
    ...subject,
    ...(extra !== undefined && { extra }),
  };
}

function factsOf(request: FastifyRequest, reply: FastifyReply, closing: AbortSignal): RequestFacts {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return {
    id: request.id,
    from: request.ip,
    isSecure: request.protocol === "https",
    cookies: request.cookies,
    userAgent: request.headers["user-agent"] ?? "",
    accept: request.headers.accept ?? "*/*",
    headers: request.headers,
    rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    signal: gone.signal,
    closing,
  };
}

async function send(reply: FastifyReply, answer: unknown, status: number): Promise<FastifyReply> {
  if (!(answer instanceof Reply)) {
    if (status === 204 || answer === undefined) return await reply.code(status).send();
    return await reply.code(status).type("application/json").send(JSON.stringify(answer));
  }
  reply.code(answer.status ?? status).headers({ ...answer.headers });
  if (answer.mediaType !== undefined) return await reply.type(answer.mediaType).send(answer.body);
  if (answer.body === undefined) return await reply.send();
  return await reply.type("application/json").send(JSON.stringify(answer.body));
}
