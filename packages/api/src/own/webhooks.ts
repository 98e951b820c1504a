import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";

const name = Type.String({ minLength: 1, maxLength: 250 });
const delivery = {
  deliveryId: Type.String(),
  at: instant(),
  webhook: Type.String(),
  dagId: Type.String(),
  from: Type.String({ description: "Address of the sender." }),
  status: Type.Union([Type.Literal("accepted"), Type.Literal("duplicate"), Type.Literal("refused")]),
  httpStatus: Type.Integer({ description: "What the sender was answered." }),
  reason: Type.Optional(Type.String({ description: "Why it was refused." })),
  runKey: Type.Optional(Type.String({ description: "Its run; of a duplicate that of the first delivery." })),
  firstDeliveryId: Type.Optional(Type.String()),
  replayOf: Type.Optional(Type.String()),
  hasBody: Type.Boolean({ description: "It can be replayed." }),
  run: Type.Optional(
    Type.Union([Type.Literal("made"), Type.Literal("waiting"), Type.Literal("refused"), Type.Literal("gone")], {
      description: "What became of the run: `waiting` for the owner of the DAG, `gone` when it was deleted.",
    }),
  ),
  runRefusal: Type.Optional(Type.String({ description: "Why the owner of the DAG made no run; for an hour." })),
};

const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  after: Type.Optional(Type.String({ maxLength: 1_000 })),
};

/** Webhooks that DAGs declare. */
export const listWebhooks = operation({
  id: "listWebhooks",
  method: "GET",
  path: "/webhooks",
  access: [["can_read", "Webhooks"]],
  summary: "Webhooks of the DAGs that the caller may see, by name.",
  tag: "Webhooks",
  query: Type.Object(paging),
  answer: Type.Object({
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        dagId: Type.String(),
        path: Type.String({ description: "Where deliveries are sent to." }),
        description: Type.Optional(Type.String()),
        signature: Type.String({
          description: "How deliveries are signed: `github`, `slack`, `stripe`, `hmac`, `sharedKey`.",
        }),
        isPaused: Type.Boolean({ description: "The DAG is paused: runs are made and wait." }),
        lastDeliveryAt: Type.Optional(instant()),
      }),
    ),
    next: Type.Optional(Type.String()),
  }),
});

/** What was delivered to a webhook. */
export const listWebhookDeliveries = operation({
  id: "listWebhookDeliveries",
  method: "GET",
  path: "/webhooks/{name}/deliveries",
  access: [["can_read", "Webhooks"]],
  summary: "Deliveries to a webhook, newest first.",
  tag: "Webhooks",
  params: Type.Object({ name }),
  query: Type.Object({ ...paging, status: Type.Optional(delivery.status) }),
  answer: Type.Object({ items: Type.Array(Type.Object(delivery)), next: Type.Optional(Type.String()) }),
});

const one = Type.Object({ name, deliveryId: Type.String({ maxLength: 36 }) });

/** One delivery. */
export const findWebhookDelivery = operation({
  id: "findWebhookDelivery",
  method: "GET",
  path: "/webhooks/{name}/deliveries/{deliveryId}",
  access: [["can_read", "Webhooks"]],
  summary: "A delivery with its headers and, where it was kept, its body.",
  tag: "Webhooks",
  params: one,
  answer: Type.Object({
    ...delivery,
    headers: Type.Record(Type.String(), Type.String(), { description: "Secret ones are `***`." }),
    body: Type.Optional(Type.String()),
  }),
});

/** Delivers once more what was delivered before. */
export const replayWebhookDelivery = operation({
  id: "replayWebhookDelivery",
  method: "POST",
  path: "/webhooks/{name}/deliveries/{deliveryId}/replay",
  access: [
    ["can_edit", "Webhooks"],
    ["can_create", "DAG Runs"],
  ],
  summary: "Makes a run from a delivery once more, by the mapping of now. Needs `can_edit` on its DAG, too.",
  tag: "Webhooks",
  status: 202,
  params: one,
  answer: Type.Object({
    dagId: Type.String(),
    runKey: Type.String(),
    deliveryId: Type.String({ description: "Of the replay." }),
  }),
});
