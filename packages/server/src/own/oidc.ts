import { beginOidcLogin, endOidcLogin } from "@millrace/api";
import { admitExternal } from "../access/admit-external.ts";
import { beginSession } from "../access/begin-session.ts";
import { makeOidcProvider } from "../access/oidc.ts";
import { hashSecret, mintSecret } from "../access/secrets.ts";
import { setCookie, SIGN_IN_COOKIE } from "../access/session-cookie.ts";
import { Problem } from "../http/problem.ts";
import { Reply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const SIGN_IN_SECONDS = 600;

/** Logins through an OpenID provider; 404 where none is configured. */
export function oidcOperations(
  { accounts, logins, audit }: ServerPorts,
  { auth }: ServerSettings,
): readonly ServedOperation[] {
  const provider = auth.oidc && makeOidcProvider(auth.oidc);
  return [
    served(beginOidcLogin, async ({ query, request: { isSecure } }) => {
      if (!provider) throw notConfigured();
      const { url, signIn } = await provider.begin(pathOf(query.returnTo));
      const secret = mintSecret();
      await logins.keepSignIn(hashSecret(secret), signIn);
      const cookie = setCookie(SIGN_IN_COOKIE, secret, { maxAgeSeconds: SIGN_IN_SECONDS, isSecure });
      return new Reply(undefined, { status: 302, headers: { location: url, "set-cookie": cookie } });
    }),
    served(endOidcLogin, async ({ query, request }) => {
      if (!provider || !auth.oidc) throw notConfigured();
      const { isSecure, cookies } = request;
      const secret = cookies[SIGN_IN_COOKIE];
      const signIn = secret === undefined ? undefined : await logins.takeSignIn(hashSecret(secret));
      // Without the cookie this browser has not begun the login: somebody wants it to be logged in as somebody else.
      if (!signIn)
        throw new Problem(401, { detail: "this login was not begun here, or it took too long; begin again" });
      const external = await provider.end(query, signIn);
      const admission = await admitExternal(external, { accounts, logins, mapping: auth.oidc });
      if (admission.kind === "refused")
        throw new Problem(403, { detail: `${external.username} is not let in: ${admission.why}` });
      const { userId, username } = admission.identity.user;
      await logins.noteLogin(userId, true);
      await audit.record({ event: "login", by: `user:${username}`, from: request.from });
      const { cookie } = await beginSession({ logins, auth, request, userId });
      const ended = setCookie(SIGN_IN_COOKIE, "", { maxAgeSeconds: 0, isSecure });
      return new Reply(undefined, {
        status: 302,
        headers: { location: signIn.returnTo, "set-cookie": [cookie, ended] },
      });
    }),
  ];
}

function notConfigured(): Problem {
  return new Problem(404, { detail: "no OpenID provider is configured" });
}

/** A path of this server: never an address of another one. */
function pathOf(returnTo = "/"): string {
  const base = "http://millrace.invalid";
  const url = URL.parse(returnTo, base);
  if (!returnTo.startsWith("/") || url?.origin !== base) return "/";
  const path = url.pathname + url.search + url.hash;
  // What is left of `/.//elsewhere` without its dot names another server.
  return path.startsWith("//") ? "/" : path;
}
