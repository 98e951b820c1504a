import { Type } from "typebox";
import { operation } from "../operation.ts";

const name = Type.String({ minLength: 1, maxLength: 250 });
const one = Type.Object({ pool: name });
const slots = Type.Integer({ minimum: -1, maximum: 2_147_483_647, description: "-1 = no limit." });
const description = Type.Union([Type.String({ maxLength: 5_000 }), Type.Null()]);
const order = Type.Union([Type.Literal("fair"), Type.Literal("priority")], {
  description: "Who goes first: DAGs take turns, or priority over all DAGs.",
});

const pool = Type.Object({
  pool: Type.String(),
  slots: Type.Integer(),
  description,
  includeDeferred: Type.Boolean(),
  order,
  use: Type.Object(
    { scheduled: Type.Integer(), queued: Type.Integer(), running: Type.Integer(), deferred: Type.Integer() },
    { description: "Slots that task instances take at the moment, by their state." },
  ),
  occupied: Type.Integer({ description: "Slots that are not free." }),
});

/** Pools. */
export const listPools = operation({
  id: "listPools",
  method: "GET",
  path: "/pools",
  access: [["can_read", "Pools"]],
  summary: "Pools by name, with how they are used at the moment.",
  tag: "Pools",
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
  answer: Type.Object({ items: Type.Array(pool), next: Type.Optional(Type.String()) }),
});

/** One pool. */
export const getPool = operation({
  id: "getPool",
  method: "GET",
  path: "/pools/{pool}",
  access: [["can_read", "Pools"]],
  summary: "A pool, with how it is used at the moment.",
  tag: "Pools",
  params: one,
  answer: pool,
});

/** A new pool. */
export const createPool = operation({
  id: "createPool",
  method: "POST",
  path: "/pools",
  access: [["can_create", "Pools"]],
  summary: "Makes a pool.",
  tag: "Pools",
  body: Type.Object(
    {
      pool: name,
      slots,
      description: Type.Optional(description),
      includeDeferred: Type.Optional(Type.Boolean()),
      order: Type.Optional(order),
    },
    { additionalProperties: false },
  ),
  answer: pool,
  status: 201,
});

/** A pool changed. */
export const updatePool = operation({
  id: "updatePool",
  method: "PATCH",
  path: "/pools/{pool}",
  access: [["can_edit", "Pools"]],
  summary: "Changes what is given; fewer slots than are in use take effect as tasks end.",
  tag: "Pools",
  params: one,
  body: Type.Object(
    {
      pool: Type.Optional(name),
      slots: Type.Optional(slots),
      description: Type.Optional(description),
      includeDeferred: Type.Optional(Type.Boolean()),
      order: Type.Optional(order),
    },
    { additionalProperties: false },
  ),
  answer: pool,
});

/** No pool any more. */
export const deletePool = operation({
  id: "deletePool",
  method: "DELETE",
  path: "/pools/{pool}",
  access: [["can_delete", "Pools"]],
  summary: "Deletes a pool; not the default one.",
  tag: "Pools",
  params: one,
  status: 204,
});
