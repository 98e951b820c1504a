import { Type } from "typebox";
import { operation } from "../operation.ts";

const LastEventId = Type.String({
  description:
    "Id of the last event before this answer: who follows the event stream from it misses nothing of what later answers do not show.",
});

const Me = Type.Object(
  {
    username: Type.String(),
    email: Type.String(),
    firstName: Type.String(),
    lastName: Type.String(),
    roles: Type.Array(Type.String()),
    permissions: Type.Array(Type.String(), {
      description: "Like `can_read DAGs`, or `can_edit DAG:orders` for one DAG alone.",
    }),
    mustChangePassword: Type.Boolean({
      description: "All other operations are refused with 403 until the password is changed.",
    }),
    csrfToken: Type.Optional(
      Type.String({
        description: "Only in a session: what its unsafe requests must repeat in the header `X-CSRF-Token`.",
      }),
    ),
    lastEventId: Type.Optional(LastEventId),
  },
  { description: "Who sends the requests." },
);

/** Logs a browser in: the only operations that set a cookie are this one and those of OpenID logins. */
export const logIn = operation({
  id: "logIn",
  method: "POST",
  path: "/session",
  access: [],
  summary: "Begins a session: answers with its cookie.",
  tag: "Session",
  body: Type.Object({
    username: Type.String({ minLength: 1, maxLength: 300 }),
    password: Type.String({ minLength: 1, maxLength: 1_000 }),
  }),
  answer: Me,
});

/** Ends the session that the cookie names. */
export const logOut = operation({
  id: "logOut",
  method: "DELETE",
  path: "/session",
  access: "login",
  beforePasswordChange: true,
  summary: "Ends the session.",
  tag: "Session",
  status: 204,
});

/** Who am I, and what may I do? */
export const getSession = operation({
  id: "getSession",
  method: "GET",
  path: "/session",
  access: "login",
  beforePasswordChange: true,
  summary: "Who sends the requests, what they may do, and the CSRF token of their session.",
  tag: "Session",
  answer: Me,
});

/** What the login page offers. */
export const listLoginWays = operation({
  id: "listLoginWays",
  method: "GET",
  path: "/session/ways",
  access: [],
  summary: "In which ways people can log in here.",
  tag: "Session",
  answer: Type.Object({
    password: Type.Boolean(),
    oidc: Type.Optional(Type.Object({ title: Type.String(), url: Type.String() })),
    anonymous: Type.Array(Type.String(), { description: "What one may do without logging in." }),
    lastEventId: Type.Optional(LastEventId),
  }),
});

/** Sets one's own password. */
export const changePassword = operation({
  id: "changePassword",
  method: "PUT",
  path: "/session/password",
  access: [["can_edit", "My Password"]],
  beforePasswordChange: true,
  summary: "Changes one's own password; all other sessions end.",
  tag: "Session",
  body: Type.Object({
    currentPassword: Type.String({ minLength: 1, maxLength: 1_000 }),
    newPassword: Type.String({ minLength: 8, maxLength: 1_000 }),
  }),
  status: 204,
});

/** Begins a login at the OpenID provider. */
export const beginOidcLogin = operation({
  id: "beginOidcLogin",
  method: "GET",
  path: "/session/oidc",
  access: [],
  summary: "Sends the browser to the OpenID provider.",
  tag: "Session",
  query: Type.Object({
    returnTo: Type.Optional(Type.String({ maxLength: 2_000, description: "Path of this server to go to afterwards." })),
  }),
});

/** Where the OpenID provider sends the browser back to. */
export const endOidcLogin = operation({
  id: "endOidcLogin",
  method: "GET",
  path: "/session/oidc/callback",
  access: [],
  summary: "Where the OpenID provider sends the browser back to.",
  tag: "Session",
  query: Type.Object({
    code: Type.Optional(Type.String({ maxLength: 4_000 })),
    state: Type.Optional(Type.String({ maxLength: 1_000 })),
    iss: Type.Optional(Type.String({ maxLength: 2_000 })),
    error: Type.Optional(Type.String({ maxLength: 1_000 })),
    error_description: Type.Optional(Type.String({ maxLength: 4_000 })),
    session_state: Type.Optional(Type.String({ maxLength: 1_000 })),
  }),
});
