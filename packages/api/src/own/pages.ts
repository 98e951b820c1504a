import type { Panel, PageInfo } from "@millrace/core";
import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, opaque } from "../wire.ts";
import { pageOf, pageQuery } from "./schemas.ts";

const summary = {
  pageId: Type.String(),
  title: Type.String(),
  description: Type.Optional(Type.String()),
  icon: Type.Optional(Type.String({ description: "Name of a picture that the UI has." })),
  dagId: Type.Optional(Type.String({ description: "The DAG that it is a tab of; absent = a page of its own." })),
  dagIds: Type.Array(Type.String(), { description: "The DAGs that it reads." }),
  refreshSeconds: Type.Integer({ description: "What it shows is computed anew after so long." }),
  params: opaque<PageInfo["params"]>("What can be set: by name a default and a JSON Schema."),
};

/** Pages that pipelines add to the UI. */
export const listPages = operation({
  id: "listPages",
  method: "GET",
  path: "/pages",
  access: [["can_read", "Website"]],
  summary: "Pages that pipelines add to the UI, by id: those whose DAGs the caller may all read.",
  tag: "Pages",
  query: Type.Object({
    ...pageQuery,
    dagId: Type.Optional(Type.String({ description: "Only tabs of this DAG; `~` = only pages of their own." })),
  }),
  answer: pageOf(Type.Object(summary)),
});

/** A page that a pipeline adds to the UI. */
export const getPage = operation({
  id: "getPage",
  method: "GET",
  path: "/pages/{pageId}",
  access: [["can_read", "Website"]],
  summary: "A page that a pipeline adds to the UI. The caller must be allowed to read all of its DAGs.",
  tag: "Pages",
  params: Type.Object({ pageId: Type.String() }),
  answer: Type.Object(summary),
});

/** What a page shows now. */
export const getPageData = operation({
  id: "getPageData",
  method: "GET",
  path: "/pages/{pageId}/data",
  access: [["can_read", "Website"]],
  summary:
    "What a page shows now: its code runs in a process of its own, at most once in its `refreshSeconds`. The caller must be allowed to read all of its DAGs.",
  tag: "Pages",
  params: Type.Object({ pageId: Type.String() }),
  query: Type.Object({
    params: Type.Optional(
      Type.String({
        maxLength: 8_000,
        description: "JSON text of an object: values of params instead of their defaults.",
      }),
    ),
  }),
  answer: Type.Object({
    panels: Type.Array(opaque<Panel>("A panel: `kind` says what it is, and which fields it has.")),
    computedAt: instant(),
    tookMs: Type.Integer(),
  }),
});
