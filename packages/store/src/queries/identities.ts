import type { Identity, ThrottleSubject } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import { transaction, type DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { USER_COLUMNS, userOf, type UserSql } from "./users.ts";

/** What a user `u` is and may do, as {@link identityOf} reads it. */
export const IDENTITY_COLUMNS = `
  ${USER_COLUMNS},
  array(
    select p.action || ' ' || p.resource
    from millrace.account_role ar
    join millrace.role_permission p on p.role_id = ar.role_id
    where ar.user_id = u.user_id
    union
    select a.action || ' DAG:' || a.dag_id
    from millrace.account_role ar
    join millrace.role r on r.role_id = ar.role_id
    join millrace.dag_access a on a.role = r.name
    where ar.user_id = u.user_id
  ) as permissions`;

const FIND = `
  select ${IDENTITY_COLUMNS}, u.password_hash
  from millrace.account u
  where lower(u.username) = lower($1)`;

const OF_ROLE = `
  select p.action || ' ' || p.resource as permission
  from millrace.role r
  join millrace.role_permission p on p.role_id = r.role_id
  where r.name = $1
  union
  select a.action || ' DAG:' || a.dag_id
  from millrace.dag_access a
  where a.role = $1`;

const SUCCEEDED = `
  update millrace.account
  set login_count = login_count + 1, failed_login_count = 0, last_login_at = now()
  where user_id = $1`;

const FAILED = "update millrace.account set failed_login_count = failed_login_count + 1 where user_id = $1";

const WAIT = `
  select ceil(extract(epoch from max(blocked_until) - now()))::integer as seconds
  from millrace.login_throttle
  where (kind, name) in (select u.kind, u.name from unnest($1::text[], $2::text[]) u (kind, name))
    and blocked_until > now()`;

// An hour without a try and all is forgotten. Tries while one is blocked are not counted: they are not looked at.
const TAKE = `
  insert into millrace.login_throttle as t (kind, name, tries, last_try_at, blocked_until)
  select u.kind, u.name, 1, now(), now()
  from unnest($1::text[], $2::text[], $3::integer[], $4::integer[]) u (kind, name, free, most)
  order by u.kind, u.name
  on conflict (kind, name) do update
  set tries = case when t.blocked_until > now() then t.tries when t.last_try_at < now() - interval '1 hour' then 1 else t.tries + 1 end,
    last_try_at = case when t.blocked_until > now() then t.last_try_at else now() end`;

const BLOCK = `
  update millrace.login_throttle t
  set blocked_until = now() + make_interval(secs => least(u.most, 2 ^ least(t.tries - u.free - 1, 30)))
  from unnest($1::text[], $2::text[], $3::integer[], $4::integer[]) u (kind, name, free, most)
  where t.kind = u.kind and t.name = u.name and t.tries > u.free`;

const FORGIVE = `
  with gone as (
    delete from millrace.login_throttle
    where kind = 'account'
      and (kind, name) in (select u.kind, u.name from unnest($1::text[], $2::text[]) u (kind, name))
  )
  update millrace.login_throttle
  set tries = greatest(tries - 1, 0), blocked_until = least(blocked_until, now())
  where kind = 'address'
    and (kind, name) in (select u.kind, u.name from unnest($1::text[], $2::text[]) u (kind, name))`;

/** A row with {@link IDENTITY_COLUMNS}. */
export interface IdentitySql extends UserSql {
  readonly permissions: readonly string[];
}

/** An identity from its row. */
export function identityOf(row: IdentitySql): Identity {
  return { user: userOf(row), permissions: row.permissions };
}

/** A user with the hash of their password. */
export async function findIdentity(
  pool: DatabasePool,
  username: string,
): Promise<{ readonly identity: Identity; readonly passwordHash?: string } | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<IdentitySql & { password_hash: string | null }>(FIND, [cleanText(username)]),
  );
  const [row] = rows;
  if (!row) return undefined;
  return { identity: identityOf(row), ...(row.password_hash !== null && { passwordHash: row.password_hash }) };
}

/** What a role allows. */
export async function permissionsOfRole(pool: DatabasePool, name: string): Promise<readonly string[]> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ permission: string }>(OF_ROLE, [name]));
  return rows.map(({ permission }) => permission);
}

/** Counts a login or a failure. */
export async function noteLogin(pool: DatabasePool, userId: number, hasSucceeded: boolean): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(hasSucceeded ? SUCCEEDED : FAILED, [userId]));
}

/** Counts a try, unless one of the subjects has to wait: then says how many seconds. */
export async function takeAttempt(
  pool: DatabasePool,
  subjects: readonly ThrottleSubject[],
): Promise<number | undefined> {
  const names = namesOf(subjects);
  const rules = [subjects.map(({ rule }) => rule.free), subjects.map(({ rule }) => rule.mostSeconds)];
  return await runGuarded(pool, "any", (client) =>
    transaction(client, async () => {
      // The insert locks the rows: whoever comes at the same time waits here and then sees the block.
      await client.query(TAKE, [...names, ...rules]);
      const { rows } = await client.query<{ seconds: number | null }>(WAIT, names);
      const seconds = rows[0]?.seconds ?? undefined;
      if (seconds !== undefined) return Math.max(1, seconds);
      await client.query(BLOCK, [...names, ...rules]);
      return undefined;
    }),
  );
}

/** The password was right. */
export async function forgiveAttempt(pool: DatabasePool, subjects: readonly ThrottleSubject[]): Promise<void> {
  await runGuarded(pool, "any", (client) => client.query(FORGIVE, namesOf(subjects)));
}

function namesOf(subjects: readonly ThrottleSubject[]): [kinds: string[], names: string[]] {
  return [subjects.map(({ kind }) => kind), subjects.map(({ name }) => cleanText(name).slice(0, 300))];
}
