import { MillraceError } from "@millrace/core";
import type pg from "pg";

// Whoever takes the role from somebody waits for whoever else does: of the last two Admins not both go at once.
const LOCK = "select role_id from millrace.role where name = 'Admin' for no key update";

// Primary keys.
const COUNT = `
  select count(*)::integer as count
  from millrace.role r
  join millrace.account_role ar on ar.role_id = r.role_id
  join millrace.account u on u.user_id = ar.user_id
  where r.name = 'Admin' and u.active`;

/**
 * Makes a change of a user inside of a transaction, which must end when this throws.
 *
 * @throws MillraceError CONFLICT when there was an Admin who can log in, and none would be left: nobody could make one again but on the machine itself
 */
export async function keepAnAdmin<T>(client: pg.ClientBase, username: string, change: () => Promise<T>): Promise<T> {
  await client.query(LOCK);
  const before = await countAdmins(client);
  const done = await change();
  if (before === 0 || (await countAdmins(client)) > 0) return done;
  throw new MillraceError(
    "CONFLICT",
    `${username} is the last user with the role Admin: give it to somebody else first`,
    {
      details: { username },
    },
  );
}

async function countAdmins(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: number }>(COUNT);
  return rows[0].count;
}
