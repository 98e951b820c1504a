// What happens to a delivery: who sends it, what does it say, write it down (R5). Nothing waits for the run.
import { randomUUID } from "node:crypto";
import {
  confOfBody,
  dedupeKeyOf,
  formatInstant,
  isMillraceError,
  readBody,
  type Delivered,
  type Micros,
  type PresentWebhook,
} from "@millrace/core";
import { Problem } from "../http/problem.ts";
import { readableHeaders, storedHeaders } from "./delivery-headers.ts";
import type { Settling } from "./make-settling.ts";
import type { MinuteBudget } from "./minute-budget.ts";
import { findSignatureFault } from "./verify-signature.ts";
import type { WebhookPorts } from "./webhook-ports.ts";

/** What receiving needs. */
export interface Receiving {
  readonly ports: Pick<WebhookPorts, "store" | "secret">;
  readonly settling: Pick<Settling, "add">;
  readonly budget: MinuteBudget;
  readonly now: () => Micros;
}

/** A request to a webhook. */
export interface DeliveryRequest {
  readonly name: string;
  readonly from: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a sender is answered. */
export interface DeliveryAnswer {
  readonly status: 200 | 202;
  readonly body: Readonly<Record<string, string>>;
}

/** Refusals of one webhook that are written down in a minute; anybody can cause them. */
const REFUSALS_KEPT = 60;
const MICROS = 1_000_000;

/** Takes a delivery. @throws Problem 401, 404, 400, 413, 415, 422, 429 or 503 saying why there is no run */
export async function receiveDelivery(receiving: Receiving, request: DeliveryRequest): Promise<DeliveryAnswer> {
  const present = await receiving.ports.store.find(request.name);
  if (!present) throw new Problem(404, { detail: `there is no webhook ${request.name}` });
  const deliveryId = randomUUID();
  try {
    await verify(receiving, present, request);
  } catch (error) {
    // Nobody knows who has sent it: what it says is not kept.
    await noteRefusal(receiving, { present, request, deliveryId, error, keepBody: false });
    throw error;
  }
  try {
    return await take(receiving, present, { request, deliveryId });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status !== 429)
      await noteRefusal(receiving, { present, request, deliveryId, error: problem, keepBody: true });
    throw problem;
  }
}

async function verify(
  { ports, now }: Receiving,
  { webhook }: PresentWebhook,
  { headers, body }: DeliveryRequest,
): Promise<void> {
  if (webhook.bodyLimitKb !== undefined && body.length > webhook.bodyLimitKb * 1_024)
    throw new Problem(413, { detail: `the body is larger than ${webhook.bodyLimitKb} kB` });
  const { signature, replayWindowSeconds } = webhook;
  const found = await Promise.all(signature.secrets.map((secret) => ports.secret(secret)));
  const secrets = found.filter((secret) => secret !== undefined && secret !== "") as readonly string[];
  if (secrets.length === 0) throw new Problem(503, { detail: `the secret of the webhook ${webhook.name} is not set` });
  const nowSeconds = Math.floor(now() / MICROS);
  const fault = findSignatureFault(signature, { headers, body, secrets, nowSeconds, replayWindowSeconds });
  if (fault !== undefined) throw new Problem(401, { detail: fault });
}

async function take(
  { ports, settling, budget, now }: Receiving,
  present: PresentWebhook,
  { request, deliveryId }: { readonly request: DeliveryRequest; readonly deliveryId: string },
): Promise<DeliveryAnswer> {
  const { dagId, webhook, params } = present;
  const nowMicros = now();
  if (!budget.take(webhook.name, webhook.maxPerMinute, nowMicros / 1_000))
    throw new Problem(429, {
      detail: `more than ${webhook.maxPerMinute} deliveries in a minute`,
      headers: { "retry-after": "60" },
    });
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(request.headers["content-type"] ?? ""))
    throw new Problem(415, { detail: "the content type must be application/json" });
  const text = request.body.toString("utf8");
  const headers = readableHeaders(request.headers, webhook.signature);
  const delivered: Delivered = { body: readBody(text), headers, deliveryId };
  const handshake = answerHandshake(present, delivered);
  if (handshake) return handshake;
  const key = dedupeKeyOf(webhook, delivered);
  const conf = confOfBody(webhook, params, delivered);
  const received = await ports.store.receive({
    ...factsOf(present, { request, deliveryId }),
    ...(webhook.keepBody && { body: text }),
    runKey: runKeyOf(nowMicros, deliveryId),
    conf: JSON.stringify(conf),
    by: `webhook:${webhook.name}`,
    ...(key !== undefined && webhook.dedupe && { dedupe: { key, days: webhook.dedupe.days } }),
  });
  const { status, runKey } = received;
  const body = { dagId, runId: runKey, deliveryId, status };
  if (received.status === "duplicate")
    return { status: 200, body: { ...body, firstDeliveryId: received.firstDeliveryId } };
  settling.add(dagId, received.inboxId);
  return { status: 202, body };
}

/** Names of runs sort by time and name their delivery. */
export function runKeyOf(now: Micros, deliveryId: string): string {
  return `webhook__${formatInstant(now)}_${deliveryId.slice(0, 8)}`;
}

/** What senders ask before they send anything: that somebody is there who knows the secret. */
function answerHandshake(
  { webhook: { signature } }: PresentWebhook,
  { body, headers }: Delivered,
): DeliveryAnswer | undefined {
  if (signature.scheme === "github" && headers["x-github-event"] === "ping")
    return { status: 200, body: { status: "pong" } };
  if (signature.scheme !== "slack" || typeof body !== "object" || body === null) return undefined;
  const { type, challenge } = body as Readonly<Record<string, unknown>>;
  if (type !== "url_verification" || typeof challenge !== "string") return undefined;
  return { status: 200, body: { challenge } };
}

async function noteRefusal(
  { ports, budget, now }: Receiving,
  refused: {
    readonly present: PresentWebhook;
    readonly request: DeliveryRequest;
    readonly deliveryId: string;
    readonly error: unknown;
    readonly keepBody: boolean;
  },
): Promise<void> {
  const { present, request, error } = refused;
  if (!(error instanceof Problem)) return;
  if (!budget.take(`refusals of ${present.webhook.name}`, REFUSALS_KEPT, now() / 1_000)) return;
  await ports.store.refuse({
    ...factsOf(present, refused),
    ...(refused.keepBody && present.webhook.keepBody && { body: request.body.toString("utf8") }),
    httpStatus: error.status,
    reason: error.detail ?? error.title,
  });
}

function factsOf(
  { dagId, webhook }: PresentWebhook,
  { request, deliveryId }: { readonly request: DeliveryRequest; readonly deliveryId: string },
) {
  return {
    deliveryId,
    webhook: webhook.name,
    dagId,
    from: request.from,
    headers: storedHeaders(request.headers, webhook.signature),
  };
}

/** A body that is none is the sender's mistake; everything else is said as it is. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isMillraceError(error) && error.code === "BAD_ARGUMENT")
    return new Problem(400, { detail: error.message, cause: error });
  if (isMillraceError(error) && error.code === "DATA_REJECTED")
    return new Problem(422, { detail: error.message, cause: error });
  throw error;
}
