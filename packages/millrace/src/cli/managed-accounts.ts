import type { Accounts, Micros, NewUser, Page, PageRequest, Role, TokenInfo, User, UserPatch } from "@millrace/core";

/** A user to be made, with the password itself. */
export type UserToMake = Omit<NewUser, "passwordHash" | "origin" | "isActive"> & { readonly password?: string };

/** What changes of a user, with the password itself. */
export type UserChange = Omit<UserPatch, "passwordHash" | "isVouchedFor"> & { readonly password?: string };

/** Users and roles as commands change them, in a database of this machine or through a server: passwords are in clear until they are there. */
export interface ManagedAccounts extends Pick<
  Accounts,
  "findUser" | "deleteUser" | "findRole" | "createRole" | "grantPermissions" | "revokePermissions" | "deleteRole"
> {
  /** By name, a page at a time. */
  users(): AsyncIterable<User>;
  /** By name. */
  roles(): Promise<readonly Role[]>;
  /** @throws MillraceError as {@link Accounts.createUser} */
  createUser(user: UserToMake): Promise<void>;
  /** @returns false when there is no such user. @throws MillraceError as {@link Accounts.updateUser} */
  updateUser(username: string, change: UserChange): Promise<boolean>;
}

/** A token that is wanted. */
export interface TokenWish {
  readonly username: string;
  readonly name: string;
  readonly scopes?: readonly string[];
  /** Absent: for ever. */
  readonly holdsFor?: Micros;
}

/** Tokens as commands make and end them. */
export interface ManagedTokens {
  /** @returns the token, which can be seen here alone. @throws MillraceError NOT_FOUND, CONFLICT */
  create(wish: TokenWish): Promise<string>;
  list(request: PageRequest & { readonly username?: string }): Promise<Page<TokenInfo>>;
  /** @returns false when there is none that holds */
  revoke(tokenId: number): Promise<boolean>;
}
