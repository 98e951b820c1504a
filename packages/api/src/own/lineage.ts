import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";
import { pageQuery, READ_DAG } from "./schemas.ts";

/** Assets with the tasks that update them and the DAGs that follow them, as a graph. */
export const getAssetGraph = operation({
  id: "getAssetGraph",
  method: "GET",
  path: "/asset-graph",
  access: [["can_read", "Datasets"]],
  summary: "Assets by URI with the tasks that update them and the DAGs that follow them, as nodes and edges.",
  tag: "Assets",
  query: Type.Object({
    after: pageQuery.after,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: "Assets; default 1 000." })),
    uri: Type.Optional(Type.String({ description: "Only this asset." })),
    search: Type.Optional(Type.String({ description: "A part of the URI." })),
  }),
  answer: Type.Object({
    nodes: Type.Array(
      Type.Object({
        id: Type.String({ description: "`asset:…`, `dag:…` or `task:…`; what `from` and `to` name." }),
        kind: Type.Union([Type.Literal("asset"), Type.Literal("task"), Type.Literal("dag")]),
        uri: Type.Optional(Type.String({ description: "Of assets." })),
        updatedAt: Type.Optional(instant("Of assets that were ever updated.")),
        dagId: Type.Optional(Type.String({ description: "Of tasks and DAGs." })),
        taskId: Type.Optional(Type.String({ description: "Of tasks." })),
      }),
    ),
    edges: Type.Array(
      Type.Object({
        from: Type.String(),
        to: Type.String(),
      }),
      { description: "From tasks to the assets that they update, from assets to the DAGs that follow them." },
    ),
    next: Type.Optional(Type.String()),
  }),
});

/** What starts or waits for what, between DAGs. */
export const getDagDependencies = operation({
  id: "getDagDependencies",
  method: "GET",
  path: "/dag-dependencies",
  access: [READ_DAG, ["can_read", "DAG Dependencies"]],
  summary:
    "Which DAG starts another, waits for it, or follows an asset that it updates. DAGs that the caller may not read are left out.",
  tag: "DAGs",
  query: Type.Object({ dagId: Type.Optional(Type.String({ description: "Only what is beside this DAG." })) }),
  answer: Type.Object({
    dags: Type.Array(Type.String(), { description: "All that an edge names, by id." }),
    edges: Type.Array(
      Type.Object({
        from: Type.String({ description: "The DAG that goes first." }),
        to: Type.String(),
        via: Type.Union([Type.Literal("trigger"), Type.Literal("sensor"), Type.Literal("asset")]),
        taskId: Type.String({
          description: "The task that triggers (of `from`), waits (of `to`) or updates the asset (of `from`).",
        }),
        uri: Type.Optional(Type.String({ description: "The asset." })),
      }),
    ),
    isPartial: Type.Boolean({ description: "There are more than 10 000 edges; these are the first ones." }),
  }),
});
