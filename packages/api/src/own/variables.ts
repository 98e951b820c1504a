import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";

const key = Type.String({ minLength: 1, maxLength: 250 });
const one = Type.Object({ key });
const description = Type.Union([Type.String({ maxLength: 5_000 }), Type.Null()]);

const variable = Type.Object({
  key: Type.String(),
  value: Type.Optional(Type.String({ description: "Absent when it is secret." })),
  isSecret: Type.Boolean(),
  description,
  updatedAt: instant(),
});

/** Variables of the database. */
export const listVariables = operation({
  id: "listVariables",
  method: "GET",
  path: "/variables",
  access: [["can_read", "Variables"]],
  summary: "Variables of the database by key; secret ones without their value.",
  tag: "Variables",
  query: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
  answer: Type.Object({ items: Type.Array(variable), next: Type.Optional(Type.String()) }),
});

/** One variable. */
export const getVariable = operation({
  id: "getVariable",
  method: "GET",
  path: "/variables/{key}",
  access: [["can_read", "Variables"]],
  summary: "A variable of the database; a secret one without its value.",
  tag: "Variables",
  params: one,
  answer: variable,
});

/** A variable with this value. */
export const setVariable = operation({
  id: "setVariable",
  method: "PUT",
  path: "/variables/{key}",
  access: [
    ["can_create", "Variables"],
    ["can_edit", "Variables"],
  ],
  summary: "Makes or replaces a variable. Without `value` the one that is there stays.",
  tag: "Variables",
  params: one,
  body: Type.Object(
    {
      value: Type.Optional(Type.String({ maxLength: 1_000_000 })),
      description: Type.Optional(description),
      isSecret: Type.Optional(
        Type.Boolean({ description: "Sealed and shown nowhere. Default: as it is, else as its name says." }),
      ),
    },
    { additionalProperties: false },
  ),
  answer: variable,
});

/** No variable any more. */
export const deleteVariable = operation({
  id: "deleteVariable",
  method: "DELETE",
  path: "/variables/{key}",
  access: [["can_delete", "Variables"]],
  summary: "Deletes a variable.",
  tag: "Variables",
  params: one,
  status: 204,
});
