/** What an operator decides about logging in. */
export interface AuthSettings {
  /** Whether programs may send name and password with each request. */
  readonly basic: boolean;
  /** A session ends when it is not used for this long. */
  readonly sessionIdleMs: number;
  /** A session ends after this long in any case. */
  readonly sessionMs: number;
  readonly oidc?: OidcSettings;
  readonly ldap?: LdapSettings;
}

/** How roles follow from what a provider or a directory says of somebody. */
export interface RoleMapping {
  /** Group → role. A group may be named more than once. */
  readonly roleOfGroup: readonly (readonly [group: string, role: string])[];
  /** Who has none of these groups gets it; absent = they are not let in. */
  readonly defaultRole?: string;
  /** True: each login sets the roles anew. False: only the first one does. */
  readonly syncsRoles: boolean;
}

/** An OpenID provider that vouches for users. */
export interface OidcSettings extends RoleMapping {
  /** Name on the button of the login page. */
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
  readonly usernameClaim: string;
  /** May be a path with points, like `resource_access.millrace.roles`. */
  readonly groupsClaim: string;
  /** Where browsers reach this server, like `https://millrace.example.org`. */
  readonly publicUrl: string;
}

/** A directory that vouches for users. */
export interface LdapSettings extends RoleMapping {
  /** `ldap://…` or `ldaps://…` */
  readonly url: string;
  /** Turns a plain connection into a TLS one before anything is said. */
  readonly startTls: boolean;
  /** PEM text of certificates to trust beside the usual ones. */
  readonly ca?: string;
  /** Who searches; absent = anybody may. */
  readonly bindDn?: string;
  readonly bindPassword?: string;
  readonly searchBase: string;
  /** With `{username}` where the name goes. */
  readonly userFilter: string;
  /** Where groups are searched; absent = the user's `memberOf` says them. */
  readonly groupBase?: string;
  /** With `{dn}` and `{username}`. */
  readonly groupFilter: string;
  readonly timeoutMs: number;
}
