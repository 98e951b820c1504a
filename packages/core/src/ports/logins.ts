import type { Micros } from "../model/instant.ts";
import type { Page, PageRequest } from "./queries.ts";
import type { User } from "./accounts.ts";

/** A user with all that their roles allow. */
export interface Identity {
  readonly user: User;
  /** `"can_read DAGs"`, `"can_edit DAG:orders"`, … of all roles, and of DAGs that give one of the roles access. */
  readonly permissions: readonly string[];
}

/** A bearer token in a list; the token itself is kept nowhere. */
export interface TokenInfo {
  readonly tokenId: number;
  readonly username: string;
  readonly name: string;
  /** How it begins, for people to tell one from another. */
  readonly hint: string;
  /** `"can_read DAGs"`, …; absent = all that its user may. */
  readonly scopes?: readonly string[];
  readonly createdAt: Micros;
  /** Absent = never. */
  readonly expiresAt?: Micros;
  readonly lastUsedAt?: Micros;
  readonly revokedAt?: Micros;
}

/** A token to be kept. */
export interface NewToken {
  readonly userId: number;
  readonly name: string;
  readonly hash: Buffer;
  readonly hint: string;
  readonly scopes?: readonly string[];
  readonly expiresAt?: Micros;
}

/** A browser's session to be kept. */
export interface NewSession {
  readonly userId: number;
  readonly hash: Buffer;
  /** What unsafe requests must repeat in a header. */
  readonly csrf: string;
  readonly from: string;
  readonly userAgent: string;
  /** It ends when it is not used for this long. */
  readonly idleMs: number;
  /** It ends after this long in any case. */
  readonly absoluteMs: number;
}

/** When wrong passwords slow down further tries. */
export interface ThrottleRule {
  /** Tries that are free. */
  readonly free: number;
  /** The wait doubles with each further one, up to this. */
  readonly mostSeconds: number;
}

/** Somebody at whose tries is counted: an account or an address. */
export interface ThrottleSubject {
  readonly kind: "account" | "address";
  readonly name: string;
  readonly rule: ThrottleRule;
}

/** What an OpenID provider must bring back. */
export interface SignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Path to go to afterwards. */
  readonly returnTo: string;
}

/** Credentials, and what was done with them. Hashes are SHA-256 of secrets of 256 random bits. */
export interface Logins {
  /** @returns the hash of the password with what the user may; also users who are locked */
  findIdentity(username: string): Promise<{ readonly identity: Identity; readonly passwordHash?: string } | undefined>;
  /** What a role allows, with the DAGs that give it access. */
  permissionsOfRole(name: string): Promise<readonly string[]>;
  /** Counts a login or a failure. */
  noteLogin(userId: number, hasSucceeded: boolean): Promise<void>;

  /**
   * Counts a try of each subject before its password is looked at, so that many at once cannot slip through.
   *
   * @returns seconds to wait when one of them must
   */
  takeAttempt(subjects: readonly ThrottleSubject[]): Promise<number | undefined>;
  /** The password was right: forgets the account's tries, and takes this one from the address. */
  forgiveAttempt(subjects: readonly ThrottleSubject[]): Promise<void>;

  /** @throws MillraceError CONFLICT when the user has a token of that name which is neither revoked nor expired */
  createToken(token: NewToken): Promise<TokenInfo>;
  /** Only tokens that hold, of users who are not locked; notes the use, at most once a minute. */
  findToken(hash: Buffer): Promise<{ readonly token: TokenInfo; readonly identity: Identity } | undefined>;
  /** By id. @param username absent = of all users */
  listTokens(request: PageRequest & { readonly username?: string }): Promise<Page<TokenInfo>>;
  /** @param username absent = whoever has it. @returns false when there is none that holds */
  revokeToken(tokenId: number, username?: string): Promise<boolean>;

  createSession(session: NewSession): Promise<void>;
  /** Only sessions that hold, of users who are not locked; puts off the idle end, at most once a minute. */
  findSession(hash: Buffer): Promise<{ readonly csrf: string; readonly identity: Identity } | undefined>;
  endSession(hash: Buffer): Promise<void>;
  /** @param exceptHash the one that stays */
  endSessionsOf(userId: number, exceptHash?: Buffer): Promise<void>;

  /** Keeps for ten minutes what the provider must bring back. @param hash of the secret in the browser's cookie */
  keepSignIn(hash: Buffer, signIn: SignIn): Promise<void>;
  /** Once only. */
  takeSignIn(hash: Buffer): Promise<SignIn | undefined>;

  /** Deletes what has ended. */
  sweep(): Promise<void>;
}
