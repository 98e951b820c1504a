import type { Micros } from "../model/instant.ts";

/** What may be done with what: `can_read` and `DAGs`, or `can_edit` and `DAG:orders` for one DAG alone. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/** A named set of permissions. */
export interface Role {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Who vouches for a user: a password kept here, an OpenID provider, or a directory. */
export type UserOrigin = "local" | "oidc" | "ldap";

/** Somebody who may log in. */
export interface User {
  readonly userId: number;
  /** Unique whatever its case. */
  readonly username: string;
  /** Unique whatever its case. */
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** False: refused, with whatever credentials. */
  readonly isActive: boolean;
  readonly origin: UserOrigin;
  readonly mustChangePassword: boolean;
  /** Names of roles, sorted. */
  readonly roles: readonly string[];
  readonly loginCount: number;
  /** Since the last login. */
  readonly failedLoginCount: number;
  readonly lastLoginAt?: Micros;
  readonly createdAt: Micros;
  readonly changedAt: Micros;
}

/** A user to be made. */
export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly string[];
  /** Default `local`. */
  readonly origin?: UserOrigin;
  /** A password hash in PHC form; absent = no password fits. */
  readonly passwordHash?: string;
  /** Default true. */
  readonly isActive?: boolean;
  /** Default false. */
  readonly mustChangePassword?: boolean;
}

/** What changes of a user; all else stays. */
export interface UserPatch extends Partial<Omit<NewUser, "origin">> {
  /** The provider or directory that vouches for the user says so: also the last Admin may lose the role. */
  readonly isVouchedFor?: true;
}

/** What a list is ordered by, and which part of it is wanted. */
export interface OffsetPage<Order extends string> {
  readonly orderBy: Order;
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** A part of a list, and how many there are in all. */
export interface Counted<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** What users can be ordered by. */
export type UserOrder = "userId" | "username" | "email" | "firstName" | "lastName" | "isActive";
/** What roles can be ordered by. */
export type RoleOrder = "roleId" | "name";

/** Users and roles. Names are looked up whatever the case of users' names, exactly for roles. */
export interface Accounts {
  /** Makes the built-in roles that are missing, and gives them the permissions that they never had; what was taken from them stays taken. */
  syncRoles(builtIn: readonly Role[]): Promise<void>;

  listUsers(page: OffsetPage<UserOrder>): Promise<Counted<User>>;
  findUser(username: string): Promise<User | undefined>;
  /** @throws MillraceError CONFLICT with `details.field` `username` or `email`; NOT_FOUND with `details.roles`, those that are none */
  createUser(user: NewUser): Promise<User>;
  /** Makes a user when there is none at all; the check and the insert are one. @returns undefined when there was one */
  createFirstUser(user: NewUser): Promise<User | undefined>;
  /**
   * A new password or a lock ends the user's sessions.
   *
   * @returns undefined when there is no such user. @throws MillraceError as {@link createUser}; CONFLICT when no Admin would be left who can log in
   */
  updateUser(username: string, patch: UserPatch): Promise<User | undefined>;
  /** With all sessions and tokens. @returns false when there is no such user. @throws MillraceError CONFLICT when no Admin would be left who can log in */
  deleteUser(username: string): Promise<boolean>;

  listRoles(page: OffsetPage<RoleOrder>): Promise<Counted<Role>>;
  findRole(name: string): Promise<Role | undefined>;
  /** @throws MillraceError CONFLICT */
  createRole(role: Role): Promise<void>;
  /** Permissions are replaced as a whole. @returns false when there is no such role. @throws MillraceError CONFLICT */
  updateRole(name: string, patch: Partial<Role>): Promise<boolean>;
  /** @returns false when there is no such role */
  grantPermissions(role: string, permissions: readonly Permission[]): Promise<boolean>;
  /** @returns false when there is no such role */
  revokePermissions(role: string, permissions: readonly Permission[]): Promise<boolean>;
  /** @returns false when there is no such role */
  deleteRole(name: string): Promise<boolean>;

  /** Hears of every change made through this object. @returns ends it */
  onChange(listener: () => void): () => void;
}
