import type { Logins } from "@millrace/core";
import type { RequestFacts } from "../http/call.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { hashSecret, mintSecret } from "./secrets.ts";
import { SESSION_COOKIE, setCookie } from "./session-cookie.ts";

/** What a session begins with. */
export interface BeginSessionOptions {
  readonly logins: Logins;
  readonly auth: AuthSettings;
  readonly request: RequestFacts;
  readonly userId: number;
}

/** Begins a session. @returns its `Set-Cookie` header, and what unsafe requests must repeat */
export async function beginSession(
  options: BeginSessionOptions,
): Promise<{ readonly cookie: string; readonly csrfToken: string }> {
  const { logins, auth, request, userId } = options;
  const secret = mintSecret();
  const csrfToken = mintSecret();
  await logins.createSession({
    userId,
    hash: hashSecret(secret),
    csrf: csrfToken,
    from: request.from,
    userAgent: request.userAgent,
    idleMs: auth.sessionIdleMs,
    absoluteMs: auth.sessionMs,
  });
  const maxAgeSeconds = auth.sessionMs / 1_000;
  return { cookie: setCookie(SESSION_COOKIE, secret, { maxAgeSeconds, isSecure: request.isSecure }), csrfToken };
}

/** A `Set-Cookie` header that makes the browser forget its session. */
export function endedCookie({ isSecure }: RequestFacts): string {
  return setCookie(SESSION_COOKIE, "", { maxAgeSeconds: 0, isSecure });
}

/** What the browser's session cookie holds. */
export function sessionSecretOf({ cookies }: RequestFacts): string | undefined {
  const secret = cookies[SESSION_COOKIE];
  return secret === "" ? undefined : secret;
}
