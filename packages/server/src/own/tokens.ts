import { createToken, isPermission, listTokens, revokeToken } from "@millrace/api";
import { parseInstant } from "@millrace/core";
import { may, type Caller } from "../access/caller.ts";
import { mintToken } from "../access/secrets.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Bearer tokens for programs. */
export function tokenOperations({ logins, now }: ServerPorts): readonly ServedOperation[] {
  return [
    served(createToken, async ({ caller, body }) => {
      const { name, scopes } = body;
      requireScopes(scopes ?? []);
      const userId = requirePerson(caller);
      const expiresAt = body.expiresAt === undefined ? undefined : parseInstant(body.expiresAt, "UTC");
      if (expiresAt !== undefined && expiresAt <= now())
        throw new Problem(400, { detail: "body expiresAt: it must be in the future" });
      const { token, hash, hint } = mintToken();
      const info = await logins.createToken({
        userId,
        name,
        hash,
        hint,
        ...(scopes && { scopes }),
        ...(expiresAt !== undefined && { expiresAt }),
      });
      return { ...info, token };
    }),
    served(listTokens, async ({ caller, query: { username, ...page } }) => {
      const own = ownerOf(caller);
      const isForeign = username !== undefined && username.toLowerCase() !== own.toLowerCase();
      if (isForeign && !may(caller, ["can_read", "Tokens"])) throw new Problem(403);
      return await logins.listTokens({ ...page, ...(username !== "~" && { username: username ?? own }) });
    }),
    served(revokeToken, async ({ caller, params: { tokenId } }) => {
      const mayAll = may(caller, ["can_delete", "Tokens"]);
      const isRevoked = await logins.revokeToken(tokenId, mayAll ? undefined : ownerOf(caller));
      if (!isRevoked) throw new Problem(404, { detail: `you have no token ${tokenId} that holds` });
      return undefined;
    }),
  ];
}

/** @throws Problem 403 for tokens: what one leaks must not live on in others */
export function requirePerson({ kind, userId }: Caller): number {
  if (kind === "user" && userId !== undefined) return userId;
  throw new Problem(403, { detail: "a token cannot do this: log in with name and password" });
}

/** Name of the user behind a caller. */
export function ownerOf({ name, owner }: Caller): string {
  return owner ?? name;
}

function requireScopes(scopes: readonly string[]): void {
  const unknown = scopes.find((scope) => {
    const [, action = "", resource = ""] = /^(\S+) (.+)$/s.exec(scope) ?? [];
    return !isPermission(action, resource);
  });
  if (unknown !== undefined)
    throw new Problem(400, { detail: `body scopes: there is no permission ${JSON.stringify(unknown)}` });
}
