import {
  MillraceError,
  type Identity,
  type Micros,
  type NewSession,
  type NewToken,
  type Page,
  type PageRequest,
  type SignIn,
  type TokenInfo,
} from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { microsToSql } from "../postgres/micros-sql.ts";
import { IDENTITY_COLUMNS, identityOf, type IdentitySql } from "./identities.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

const TOKEN_COLUMNS =
  "t.token_id, u.username, t.name, t.hint, t.scopes, t.created_at as token_created_at, t.expires_at, t.last_used_at, t.revoked_at";
const HOLDS = "t.revoked_at is null and (t.expires_at is null or t.expires_at > now())";

// The user's row is locked, so that two of one name cannot be made at once.
const LOCK_USER = "select user_id from millrace.account where user_id = $1 for update";
const SAME_NAME = `select from millrace.api_token t where t.user_id = $1 and t.name = $2 and ${HOLDS}`;
const INSERT_TOKEN = `
  with t as (
    insert into millrace.api_token (user_id, name, token_hash, hint, scopes, expires_at)
    values ($1, $2, $3, $4, $5, $6)
    returning token_id, user_id, name, hint, scopes, created_at, expires_at, last_used_at, revoked_at
  )
  select ${TOKEN_COLUMNS}
  from t
  join millrace.account u on u.user_id = t.user_id`;

const FIND_TOKEN = `
  select ${TOKEN_COLUMNS}, ${IDENTITY_COLUMNS}, coalesce(t.last_used_at < now() - interval '1 minute', true) as is_old
  from millrace.api_token t
  join millrace.account u on u.user_id = t.user_id
  where t.token_hash = $1 and ${HOLDS} and u.active`;

const TOUCH_TOKEN = "update millrace.api_token set last_used_at = now() where token_id = $1";

const LIST_TOKENS = `
  select ${TOKEN_COLUMNS}
  from millrace.api_token t
  join millrace.account u on u.user_id = t.user_id
  where t.token_id > $1 and ($2::text is null or lower(u.username) = lower($2))
  order by t.token_id
  limit $3`;

const REVOKE_TOKEN = `
  update millrace.api_token t
  set revoked_at = now()
  from millrace.account u
  where t.token_id = $1 and u.user_id = t.user_id and ($2::text is null or lower(u.username) = lower($2)) and ${HOLDS}`;

const INSERT_SESSION = `
  insert into millrace.login_session (session_hash, user_id, csrf, from_address, user_agent, idle, idle_until, expires_at)
  values ($1, $2, $3, $4, $5, $6::double precision * interval '1 millisecond',
    now() + $6::double precision * interval '1 millisecond', now() + $7::double precision * interval '1 millisecond')`;

const FIND_SESSION = `
  select s.csrf, ${IDENTITY_COLUMNS}, s.seen_at < now() - interval '1 minute' as is_old
  from millrace.login_session s
  join millrace.account u on u.user_id = s.user_id
  where s.session_hash = $1 and s.idle_until > now() and s.expires_at > now() and u.active`;

const TOUCH_SESSION = `
  update millrace.login_session
  set seen_at = now(), idle_until = now() + idle
  where session_hash = $1`;

const END_SESSION = "delete from millrace.login_session where session_hash = $1";
const END_SESSIONS = "delete from millrace.login_session where user_id = $1 and session_hash is distinct from $2";

const KEEP_SIGN_IN = `
  insert into millrace.sign_in (browser_hash, state, nonce, code_verifier, return_to, expires_at)
  values ($1, $2, $3, $4, $5, now() + interval '10 minutes')`;

const TAKE_SIGN_IN = `
  delete from millrace.sign_in
  where browser_hash = $1
  returning state, nonce, code_verifier, return_to, expires_at > now() as holds`;

const SWEEP = [
  "delete from millrace.login_session where idle_until < now() or expires_at < now()",
  "delete from millrace.sign_in where expires_at < now()",
  "delete from millrace.login_throttle where last_try_at < now() - interval '1 hour' and blocked_until < now()",
  // People may still want to see for a while what a token was.
  "delete from millrace.api_token where least(revoked_at, expires_at) < now() - interval '90 days'",
];

interface TokenSql {
  readonly token_id: number;
  readonly username: string;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly string[] | null;
  readonly token_created_at: Micros;
  readonly expires_at: Micros | null;
  readonly last_used_at: Micros | null;
  readonly revoked_at: Micros | null;
}

/** @throws MillraceError CONFLICT for a name that the user has already */
export async function createToken(pool: DatabasePool, token: NewToken): Promise<TokenInfo> {
  const { userId, name, hash, hint, scopes, expiresAt } = token;
  const until = expiresAt === undefined ? null : microsToSql(expiresAt);
  const { rows } = await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      await client.query(LOCK_USER, [userId]);
      const { rowCount } = await client.query(SAME_NAME, [userId, cleanText(name)]);
      if (rowCount !== 0)
        throw new MillraceError("CONFLICT", `there is already a token "${name}"`, { details: { name } });
      return await client.query<TokenSql>(INSERT_TOKEN, [userId, cleanText(name), hash, hint, scopes ?? null, until]);
    }),
  );
  if (!rows[0]) throw new MillraceError("NOT_FOUND", `there is no user with the id ${userId}`);
  return tokenOf(rows[0]);
}

/** A token that holds, with what its user may. */
export async function findToken(
  pool: DatabasePool,
  hash: Buffer,
): Promise<{ readonly token: TokenInfo; readonly identity: Identity } | undefined> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<TokenSql & IdentitySql & { is_old: boolean }>(FIND_TOKEN, [hash]);
    const [row] = rows;
    if (!row) return undefined;
    if (row.is_old) await client.query(TOUCH_TOKEN, [row.token_id]);
    return { token: tokenOf(row), identity: identityOf(row) };
  });
}

/** Tokens by id. */
export async function listTokens(
  pool: DatabasePool,
  request: PageRequest & { readonly username?: string },
): Promise<Page<TokenInfo>> {
  const limit = limitOf(request);
  const values = [keyAfter<[number]>(request)?.[0] ?? 0, request.username ?? null, limit + 1];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<TokenSql>(LIST_TOKENS, values));
  return pageOf(rows, limit, { item: tokenOf, key: ({ token_id: tokenId }) => [tokenId] });
}

/** @returns false when there is none that holds */
export async function revokeToken(pool: DatabasePool, tokenId: number, username?: string): Promise<boolean> {
  const { rowCount } = await runGuarded(pool, "any", (client) =>
    client.query(REVOKE_TOKEN, [tokenId, username ?? null]),
  );
  return rowCount === 1;
}

/** Keeps a session. */
export async function createSession(pool: DatabasePool, session: NewSession): Promise<void> {
  const { hash, userId, csrf, from, userAgent, idleMs, absoluteMs } = session;
  const values = [hash, userId, csrf, cleanText(from), cleanText(userAgent).slice(0, 500), idleMs, absoluteMs];
  await runGuarded(pool, "any", (client) => client.query(INSERT_SESSION, values));
}

/** A session that holds, with what its user may. */
export async function findSession(
  pool: DatabasePool,
  hash: Buffer,
): Promise<{ readonly csrf: string; readonly identity: Identity } | undefined> {
  return await runGuarded(pool, "any", async (client) => {
    const { rows } = await client.query<IdentitySql & { csrf: string; is_old: boolean }>(FIND_SESSION, [hash]);
    const [row] = rows;
    if (!row) return undefined;
    if (row.is_old) await client.query(TOUCH_SESSION, [hash]);
    return { csrf: row.csrf, identity: identityOf(row) };
  });
}

/** Ends a session. */
export async function endSession(pool: DatabasePool, hash: Buffer): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(END_SESSION, [hash]));
}

/** Ends the sessions of a user, maybe except one. */
export async function endSessionsOf(pool: DatabasePool, userId: number, exceptHash?: Buffer): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(END_SESSIONS, [userId, exceptHash ?? null]));
}

/** Keeps a login on its way through an OpenID provider. */
export async function keepSignIn(pool: DatabasePool, hash: Buffer, signIn: SignIn): Promise<void> {
  const { state, nonce, codeVerifier, returnTo } = signIn;
  await runGuarded(pool, "any", (client) =>
    client.query(KEEP_SIGN_IN, [hash, state, nonce, codeVerifier, cleanText(returnTo)]),
  );
}

/** Takes it, once. */
export async function takeSignIn(pool: DatabasePool, hash: Buffer): Promise<SignIn | undefined> {
  type SignInSql = { state: string; nonce: string; code_verifier: string; return_to: string; holds: boolean };
  const { rows } = await runGuarded(pool, "any", (client) => client.query<SignInSql>(TAKE_SIGN_IN, [hash]));
  const [row] = rows;
  if (row?.holds !== true) return undefined;
  return { state: row.state, nonce: row.nonce, codeVerifier: row.code_verifier, returnTo: row.return_to };
}

/** Deletes what has ended. */
export async function sweepLogins(pool: DatabasePool): Promise<void> {
  for (const statement of SWEEP) await runGuarded(pool, "any", (client) => client.query(statement));
}

function tokenOf(row: TokenSql): TokenInfo {
  return {
    tokenId: row.token_id,
    username: row.username,
    name: row.name,
    hint: row.hint,
    ...(row.scopes !== null && { scopes: row.scopes }),
    createdAt: row.token_created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.last_used_at !== null && { lastUsedAt: row.last_used_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  };
}
