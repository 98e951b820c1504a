import type { V1Operations } from "@millrace/api";

/** A user as API v1 shows it. */
export type User = V1Operations["get_users"]["answer"]["users"][number];

/** The role that may do everything; one active user has it at least. */
export const ADMIN = "Admin";

/** Names of a user's roles. */
export function rolesOf({ roles }: Pick<User, "roles">): readonly string[] {
  return roles.flatMap((role) => (role === null ? [] : [role.name]));
}

/** Whether this is the only active user who may manage users: one who cannot be deleted or lose the role. */
export function isLastAdmin(user: User, users: readonly User[]): boolean {
  const admins = users.filter((each) => each.active !== false && rolesOf(each).includes(ADMIN));
  return admins.length === 1 && admins[0].username === user.username;
}

/** Makes up a password of 20 characters that are not mistaken for others. */
export function makeUpPassword(bytes: Uint8Array): string {
  const signs = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_+=%&*@";
  return Array.from(bytes.slice(0, 20), (byte) => signs[byte % signs.length]).join("");
}
