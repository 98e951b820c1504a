import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";
import { pageOf, pageQuery } from "./schemas.ts";

/** Assets by URI, with the tasks that update them and the DAGs that follow them. */
export const listAssets = operation({
  id: "listAssets",
  method: "GET",
  path: "/assets",
  access: [["can_read", "Datasets"]],
  summary: "Assets by URI, with the tasks that update them and the DAGs that follow them.",
  tag: "Assets",
  query: Type.Object({
    ...pageQuery,
    uri: Type.Optional(Type.String({ description: "Only this one." })),
    search: Type.Optional(Type.String({ description: "A part of the URI." })),
  }),
  answer: pageOf(
    Type.Object({
      uri: Type.String(),
      producers: Type.Array(Type.Object({ dagId: Type.String(), taskId: Type.String() })),
      consumers: Type.Array(Type.String()),
      updatedAt: Type.Optional(instant()),
    }),
  ),
});

/** Updates of assets, newest first. */
export const listAssetEvents = operation({
  id: "listAssetEvents",
  method: "GET",
  path: "/asset-events",
  access: [["can_read", "Datasets"]],
  summary: "Updates of assets, newest first.",
  tag: "Assets",
  query: Type.Object({ ...pageQuery, uri: Type.Optional(Type.String()) }),
  answer: pageOf(
    Type.Object({
      eventId: Type.Integer(),
      uri: Type.String(),
      at: instant(),
      extra: Type.Union([Type.String(), Type.Null()], { description: "JSON text of an object." }),
      dagId: Type.Optional(Type.String()),
      runKey: Type.Optional(Type.String()),
      taskId: Type.Optional(Type.String()),
      mapIndex: Type.Optional(Type.Integer()),
    }),
  ),
});

/** Says that an asset was updated from outside; DAGs that follow it run. */
export const updateAsset = operation({
  id: "updateAsset",
  method: "POST",
  path: "/asset-events",
  access: [["can_create", "Datasets"]],
  summary: "Says that an asset was updated from outside; DAGs that follow it run.",
  tag: "Assets",
  body: Type.Object({
    uri: Type.String({ minLength: 1, maxLength: 3_000 }),
    extra: Type.Optional(Type.Unsafe<Readonly<Record<string, unknown>>>({ type: "object" })),
  }),
  answer: Type.Object({
    eventId: Type.Integer(),
    at: instant(),
    queuedFor: Type.Array(Type.String(), { description: "DAGs that count it toward their next run." }),
  }),
  status: 201,
});
