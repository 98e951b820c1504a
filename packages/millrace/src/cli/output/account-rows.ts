import { formatInstant, type Micros, type Role, type TokenInfo, type User } from "@millrace/core";
import type { Row } from "./print-rows.ts";

/** A user as lists print them. */
export function userRow(user: User): Row {
  return {
    username: user.username,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    roles: user.roles,
    active: user.isActive,
    origin: user.origin,
    last_login: instantOrNull(user.lastLoginAt),
  };
}

/** A role as lists print it: its resources, each with what may be done, one a row. */
export function permissionRows({ name, permissions }: Role): readonly Row[] {
  const actions = new Map<string, string[]>();
  for (const { action, resource } of permissions) actions.set(resource, [...(actions.get(resource) ?? []), action]);
  return [...actions].map(([resource, all]) => ({ name, resource, action: all.join(",") }));
}

/** A token as lists print it. */
export function tokenRow(token: TokenInfo): Row {
  return {
    token_id: token.tokenId,
    username: token.username,
    name: token.name,
    hint: token.hint,
    scopes: token.scopes ?? null,
    expires_at: instantOrNull(token.expiresAt),
    last_used_at: instantOrNull(token.lastUsedAt),
    revoked_at: instantOrNull(token.revokedAt),
  };
}

function instantOrNull(at: Micros | undefined): string | null {
  return at === undefined ? null : formatInstant(at);
}
