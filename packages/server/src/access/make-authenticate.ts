import { createHmac, randomBytes } from "node:crypto";
import type { Accounts, Logins } from "@millrace/core";
import type { FastifyRequest } from "fastify";
import { Problem } from "../http/problem.ts";
import type { Authenticate } from "../http/serve-route.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { callerOf, PUBLIC_ROLE, tokenCallerOf } from "./caller-of.ts";
import type { Caller } from "./caller.ts";
import { makeCheckLogin, type Login } from "./check-login.ts";
import { readCredentials, type Credentials } from "./read-credentials.ts";
import { hashSecret, isSameSecret, isToken } from "./secrets.ts";
import { CSRF_HEADER } from "./session-cookie.ts";
import { ShortCache } from "./short-cache.ts";

/** What others changed (another server, the command line) is noticed after this long at the latest; what this server changed at once. */
const CALLER_TTL_MS = 1_000;
/** A password that was right is not hashed again for this long, unless it was changed. */
const PASSWORD_TTL_MS = 300_000;
const MOST_CALLERS = 10_000;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What {@link makeAuthenticate} needs. */
export interface AuthenticateOptions {
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly settings: AuthSettings;
}

interface Known {
  readonly caller: Caller;
  /** Of a session: what unsafe requests must repeat. */
  readonly csrf?: string;
}

/** Makes the function that finds out who sends a request: Basic, bearer token, session cookie, or nobody in particular. */
export function makeAuthenticate(options: AuthenticateOptions): Authenticate {
  const { accounts, logins, settings } = options;
  const callers = new ShortCache<Known>({ ttlMs: CALLER_TTL_MS, most: MOST_CALLERS });
  accounts.onChange(() => callers.clear());
  const key = randomBytes(32);
  const checkBasic = makeBasicCheck(options);

  const find = async (credentials: Credentials, { from, hash }: { readonly from: string; readonly hash: string }) => {
    switch (credentials.kind) {
      case "none":
        return await findAnonymous(logins);
      case "basic":
        return settings.basic ? await checkBasic({ ...credentials, from }, hash) : undefined;
      case "token":
        return await findToken(logins, credentials.token);
      case "session":
        return await findSession(logins, credentials.secret);
      case "malformed":
        return undefined;
      default:
        throw new Error(`unreachable: ${String(credentials satisfies never)}`);
    }
  };

  return async (request) => {
    const credentials = readCredentials(request);
    // Keyed: what is in memory must not help anybody to find out passwords.
    const hash = createHmac("sha256", key).update(JSON.stringify(credentials)).digest("base64");
    let known = callers.get(hash);
    if (!known) {
      known = await find(credentials, { from: request.ip, hash });
      if (known) callers.set(hash, known);
    }
    // A session that has ended is nobody in particular: the browser is to log in again, which needs no permission.
    if (!known && credentials.kind === "session") known = await findAnonymous(logins);
    if (!known) throw new Problem(401);
    requireCsrf(request, known);
    return known.caller;
  };
}

async function findAnonymous(logins: Logins): Promise<Known> {
  const permissions = new Set(await logins.permissionsOfRole(PUBLIC_ROLE));
  return { caller: { kind: "anonymous", name: "anonymous", permissions } };
}

async function findToken(logins: Logins, token: string): Promise<Known | undefined> {
  const found = isToken(token) ? await logins.findToken(hashSecret(token)) : undefined;
  return found && { caller: tokenCallerOf(found.identity, found.token) };
}

async function findSession(logins: Logins, secret: string): Promise<Known | undefined> {
  const found = await logins.findSession(hashSecret(secret));
  return found && { caller: callerOf(found.identity), csrf: found.csrf };
}

/** Whom a password has let in. A directory may know them by another name than the one that they log in with, which may be another user's here. */
interface Fitted {
  readonly userId: number;
  readonly username: string;
  /** The hash that it fitted; empty for a directory's. */
  readonly passwordHash: string;
}

/** Each call of an API brings the password: it is hashed once in a while, and once only for calls at the same time. */
function makeBasicCheck({
  accounts,
  logins,
  settings: { ldap },
}: AuthenticateOptions): (login: Login, hash: string) => Promise<Known | undefined> {
  const check = makeCheckLogin({ accounts, logins, ...(ldap && { ldap }) });
  // By the keyed hash of credentials.
  const fitted = new ShortCache<Fitted>({ ttlMs: PASSWORD_TTL_MS, most: MOST_CALLERS });
  const underWay = new Map<string, Promise<Known | undefined>>();

  const find = async (login: Login, hash: string): Promise<Known | undefined> => {
    const before = fitted.get(hash);
    if (before !== undefined) {
      const found = await logins.findIdentity(before.username);
      const { userId, isActive } = found?.identity.user ?? {};
      const isSame = userId === before.userId && (found?.passwordHash ?? "") === before.passwordHash;
      if (found && isSame && isActive === true) return { caller: callerOf(found.identity) };
    }
    const letIn = await check(login);
    if (!letIn) return undefined;
    const { identity, passwordHash } = letIn;
    fitted.set(hash, { userId: identity.user.userId, username: identity.user.username, passwordHash });
    return { caller: callerOf(identity) };
  };

  return async (login, hash) => {
    const other = underWay.get(hash);
    if (other) return await other;
    const mine = find(login, hash).finally(() => underWay.delete(hash));
    underWay.set(hash, mine);
    return await mine;
  };
}

/** A page of another site can make a browser send its cookie, but cannot know the token. */
function requireCsrf(request: FastifyRequest, { csrf }: Known): void {
  if (csrf === undefined || SAFE_METHODS.has(request.method)) return;
  const given = request.headers[CSRF_HEADER];
  if (typeof given === "string" && isSameSecret(given, csrf)) return;
  throw new Problem(403, { detail: `the header ${CSRF_HEADER} must hold the csrfToken of the session` });
}
