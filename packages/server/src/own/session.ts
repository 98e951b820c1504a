import { changePassword, getSession, listLoginWays, logIn, logOut } from "@millrace/api";
import type { Identity, Logins } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import { callerOf, PUBLIC_ROLE } from "../access/caller-of.ts";
import { beginSession, endedCookie, sessionSecretOf } from "../access/begin-session.ts";
import { makeCheckLogin } from "../access/check-login.ts";
import { hashPassword } from "../access/passwords.ts";
import { hashSecret } from "../access/secrets.ts";
import { Problem } from "../http/problem.ts";
import { Reply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { OWN_ROOT, served, type ServedOperation } from "./own-routes.ts";
import { ownerOf, requirePerson } from "./tokens.ts";

/** Logging in and out, and one's own password. */
export function sessionOperations(
  { accounts, logins, audit, changes }: ServerPorts,
  { auth }: ServerSettings,
): readonly ServedOperation[] {
  const check = makeCheckLogin({ accounts, logins, ...(auth.ldap && { ldap: auth.ldap }) });
  return [
    served(logIn, async ({ body, request }) => {
      // A page of another site must not log a browser in as somebody else.
      if (request.headers["sec-fetch-site"] === "cross-site") throw new Problem(403);
      const letIn = await check({ ...body, from: request.from });
      if (!letIn) throw new Problem(401, { detail: "name or password is wrong" });
      const { identity } = letIn;
      const { cookie, csrfToken } = await beginSession({ logins, auth, request, userId: identity.user.userId });
      await audit.record({ event: "login", by: `user:${identity.user.username}`, from: request.from });
      const me = { ...meOf(identity, callerOf(identity)), csrfToken, lastEventId: await changes.end() };
      return new Reply(me, { headers: { "set-cookie": cookie } });
    }),
    served(logOut, async ({ request }) => {
      const secret = sessionSecretOf(request);
      if (secret !== undefined) await logins.endSession(hashSecret(secret));
      return new Reply(undefined, { headers: { "set-cookie": endedCookie(request) } });
    }),
    served(getSession, async ({ caller, request }) => {
      const found = await logins.findIdentity(ownerOf(caller));
      if (!found) throw new Problem(401);
      const secret = request.headers["authorization"] === undefined ? sessionSecretOf(request) : undefined;
      const session = secret === undefined ? undefined : await logins.findSession(hashSecret(secret));
      const lastEventId = await changes.end();
      return { ...meOf(found.identity, caller), ...(session && { csrfToken: session.csrf }), lastEventId };
    }),
    served(listLoginWays, async () => {
      const anonymous = [...(await logins.permissionsOfRole(PUBLIC_ROLE))].toSorted();
      return {
        password: true,
        ...(auth.oidc && { oidc: { title: auth.oidc.title, url: `${OWN_ROOT}/session/oidc` } }),
        anonymous,
        ...(anonymous.length > 0 && { lastEventId: await changes.end() }),
      };
    }),
    served(changePassword, async ({ caller, body, request }) => {
      requirePerson(caller);
      const { username, userId, origin } = await requireUser(logins, caller);
      if (origin !== "local")
        throw new Problem(409, { detail: "this password is kept elsewhere: change it where you log in" });
      const login = { username, password: body.currentPassword, from: request.from };
      if (!(await check(login))) throw new Problem(400, { detail: "body currentPassword: it is wrong" });
      const passwordHash = await hashPassword(body.newPassword);
      await accounts.updateUser(username, { passwordHash, mustChangePassword: false });
      const secret = sessionSecretOf(request);
      if (secret === undefined) return new Reply(undefined);
      // The old session ended with the old password; whoever is at the keyboard goes on in a new one.
      const { cookie } = await beginSession({ logins, auth, request, userId });
      return new Reply(undefined, { headers: { "set-cookie": cookie } });
    }),
  ];
}

async function requireUser(logins: Logins, caller: Caller): Promise<Identity["user"]> {
  const found = await logins.findIdentity(ownerOf(caller));
  if (!found) throw new Problem(401);
  return found.identity.user;
}

function meOf(
  { user }: Identity,
  { permissions }: Caller,
): {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: string[];
  readonly permissions: string[];
  readonly mustChangePassword: boolean;
} {
  const { username, email, firstName, lastName, roles, mustChangePassword } = user;
  return {
    username,
    email,
    firstName,
    lastName,
    roles: [...roles],
    permissions: [...permissions].toSorted(),
    mustChangePassword,
  };
}
