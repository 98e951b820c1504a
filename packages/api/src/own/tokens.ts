import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant, instantInput } from "../wire.ts";

const token = {
  tokenId: Type.Integer(),
  username: Type.String(),
  name: Type.String(),
  hint: Type.String({ description: "How the token begins." }),
  scopes: Type.Optional(Type.Array(Type.String(), { description: "Absent: all that its user may." })),
  createdAt: instant(),
  expiresAt: Type.Optional(instant("Absent: never.")),
  lastUsedAt: Type.Optional(instant("To the minute.")),
  revokedAt: Type.Optional(instant()),
};

/** Makes a token for programs. */
export const createToken = operation({
  id: "createToken",
  method: "POST",
  path: "/tokens",
  access: "login",
  summary: "Makes a bearer token of one's own. This answer is the only place where it can be seen.",
  tag: "Tokens",
  status: 201,
  body: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 200 }),
    scopes: Type.Optional(
      Type.Array(Type.String({ maxLength: 400 }), {
        maxItems: 500,
        description: "Like `can_read DAGs`; it can never do more than its user. Absent: all that its user may.",
      }),
    ),
    expiresAt: Type.Optional(instantInput("Absent: never.")),
  }),
  answer: Type.Object({ ...token, token: Type.String({ description: "Shown once." }) }),
});

/** Tokens without what they are made of. */
export const listTokens = operation({
  id: "listTokens",
  method: "GET",
  path: "/tokens",
  access: "login",
  summary: "One's own tokens, oldest first; with `can_read` on `Tokens` those of others, too.",
  tag: "Tokens",
  query: Type.Object({
    username: Type.Optional(Type.String({ maxLength: 300, description: "`~` for those of everybody." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
  answer: Type.Object({ items: Type.Array(Type.Object(token)), next: Type.Optional(Type.String()) }),
});

/** Ends a token. */
export const revokeToken = operation({
  id: "revokeToken",
  method: "DELETE",
  path: "/tokens/{tokenId}",
  access: "login",
  summary: "Ends one of one's own tokens at once; with `can_delete` on `Tokens` one of others, too.",
  tag: "Tokens",
  status: 204,
  params: Type.Object({ tokenId: Type.Integer({ minimum: 1 }) }),
});
