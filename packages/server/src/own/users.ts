import { getUser, listUsers, updateUser } from "@millrace/api";
import { MillraceError, type User } from "@millrace/core";
import { hashPassword } from "../access/passwords.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const LIMIT = 100;

/** Users, as far as API v1 does not carry them: who vouches for them, whether they are let in, passwords that must be changed. */
export function userOperations({ accounts }: Pick<ServerPorts, "accounts">): readonly ServedOperation[] {
  return [
    served(listUsers, async ({ query: { after, limit = LIMIT } }) => {
      const offset = after === undefined ? 0 : readOffset(after);
      const { items, total } = await accounts.listUsers({ orderBy: "username", isDescending: false, offset, limit });
      const end = offset + items.length;
      return { items: items.map(shown), ...(items.length > 0 && end < total && { next: String(end) }) };
    }),
    served(getUser, async ({ params: { username } }) =>
      shown((await accounts.findUser(username)) ?? missing(username)),
    ),
    served(updateUser, async ({ params: { username }, body: { password, ...access } }) => {
      const { origin } = (await accounts.findUser(username)) ?? missing(username);
      if (password !== undefined && origin !== "local")
        throw new MillraceError("CONFLICT", `${username} logs in through ${origin}: no password is kept here`);
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const patch = { ...access, ...(passwordHash !== undefined && { passwordHash }) };
      return shown((await accounts.updateUser(username, patch)) ?? missing(username));
    }),
  ];
}

/** @throws Problem 400 */
function readOffset(after: string): number {
  if (/^\d{1,9}$/.test(after)) return Number(after);
  throw new Problem(400, { detail: "query after: it is not the `next` of a page before" });
}

function shown({ roles, ...user }: User) {
  return { ...user, roles: [...roles] };
}

function missing(username: string): never {
  throw new MillraceError("NOT_FOUND", `there is no user "${username}"`, { details: { user: username } });
}
