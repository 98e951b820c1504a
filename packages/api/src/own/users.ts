import { Type } from "typebox";
import { operation } from "../operation.ts";
import { instant } from "../wire.ts";
import { pageOf, pageQuery } from "./schemas.ts";

const user = Type.Object({
  userId: Type.Integer(),
  username: Type.String(),
  email: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
  isActive: Type.Boolean({ description: "False: refused, with whatever credentials." }),
  origin: Type.Union([Type.Literal("local"), Type.Literal("oidc"), Type.Literal("ldap")], {
    description: "Who vouches for them: a password kept here, an OpenID provider, or a directory.",
  }),
  mustChangePassword: Type.Boolean(),
  roles: Type.Array(Type.String()),
  loginCount: Type.Integer(),
  failedLoginCount: Type.Integer({ description: "Since the last login." }),
  lastLoginAt: Type.Optional(instant()),
  createdAt: instant(),
  changedAt: instant(),
});

const one = Type.Object({ username: Type.String({ minLength: 1, maxLength: 300 }) });

/** Users with what API v1 does not say of them. */
export const listUsers = operation({
  id: "listUsers",
  method: "GET",
  path: "/users",
  access: [["can_read", "Users"]],
  summary: "Users by name, with who vouches for them.",
  tag: "Users",
  query: Type.Object(pageQuery),
  answer: pageOf(user),
});

/** One user. */
export const getUser = operation({
  id: "getUser",
  method: "GET",
  path: "/users/{username}",
  access: [["can_read", "Users"]],
  summary: "A user, whatever the case of the name.",
  tag: "Users",
  params: one,
  answer: user,
});

/** Whether and how a user gets in. */
export const updateUser = operation({
  id: "updateUser",
  method: "PATCH",
  path: "/users/{username}",
  access: [["can_edit", "Users"]],
  summary:
    "Lets a user in or not, or gives them another password. Whoever is not active is refused at once; sessions end.",
  tag: "Users",
  params: one,
  body: Type.Object(
    {
      isActive: Type.Optional(Type.Boolean({ description: "False ends sessions; tokens hold again with true." })),
      password: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
      mustChangePassword: Type.Optional(
        Type.Boolean({ description: "True: they choose a password of their own before they do anything else." }),
      ),
    },
    { additionalProperties: false },
  ),
  answer: user,
});
