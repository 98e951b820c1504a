import type { Micros } from "@millrace/core";
import type { FastifyInstance } from "fastify";
import { Problem } from "../http/problem.ts";
import { headersOf } from "./delivery-headers.ts";
import { makeSettling, type Settling } from "./make-settling.ts";
import { makeMinuteBudget } from "./minute-budget.ts";
import { receiveDelivery } from "./receive-delivery.ts";
import type { WebhookPorts } from "./webhook-ports.ts";

/** Where webhooks are served; other programs send to it without an account, each by the signature of its webhook. */
const ROOT = "/webhooks";

/** Serves `POST /webhooks/<name>`. @returns what carries out commands behind the answers; the server waits for it when it closes */
export function serveWebhooks(
  app: FastifyInstance,
  { ports, now }: { readonly ports: WebhookPorts; readonly now: () => Micros },
): Settling {
  const settling = makeSettling(ports.settle, (error) =>
    // It is in the inbox: whoever owns the DAG next carries it out.
    app.log.warn({ err: error }, "a webhook's run waits in the inbox"),
  );
  const receiving = { ports, settling, now, budget: makeMinuteBudget() };
  app.route<{ Params: { name: string } }>({
    method: "POST",
    url: `${ROOT}/:name`,
    handler: async (request, reply) => {
      const { status, body } = await receiveDelivery(receiving, {
        name: request.params.name,
        from: request.ip,
        headers: headersOf(request),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      return await reply.code(status).type("application/json").send(JSON.stringify(body));
    },
  });
  app.route({
    method: ["GET", "HEAD", "PUT", "PATCH", "DELETE"],
    url: `${ROOT}/:name`,
    handler: () => Promise.reject(new Problem(405, { headers: { allow: "POST" } })),
  });
  app.addHook("onClose", () => settling.end());
  return settling;
}
