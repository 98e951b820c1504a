import type { ProviderDescription } from "@millrace/core";
import { Type } from "typebox";
import { operation } from "../operation.ts";
import { opaque } from "../wire.ts";

/** What DAG files can import. */
export const listProviders = operation({
  id: "listProviders",
  method: "GET",
  path: "/providers",
  access: [["can_read", "Providers"]],
  summary:
    "The provider packages that are installed, with what each brings: connection types, operators, hooks and notifiers.",
  tag: "System",
  answer: Type.Object({
    items: Type.Array(
      Type.Object({
        packageName: Type.String(),
        version: Type.String(),
        description: Type.String(),
        provider: Type.Optional(
          opaque<ProviderDescription>(
            "What it brings: id, title, doc, connectionTypes, operators with JSON Schemas of their options, parts. Absent where it does not tell.",
          ),
        ),
        fault: Type.Optional(Type.String({ description: "Why what it brings cannot be read." })),
      }),
    ),
  }),
});
