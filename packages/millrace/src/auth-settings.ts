import { flag, list, optional, text, whole } from "./setting-kinds.ts";

/** Settings of section `auth`: who may log in, and how. */
export const AUTH_SETTINGS = {
  adminUsername: text("admin", "The user that is made when there is none: role Admin."),
  adminPassword: optional(
    "The password of that user; without it `millrace start` makes one and prints it once. Later changes of this setting change nothing.",
    true,
  ),
  basic: flag(true, "Programs may send name and password with each request (HTTP Basic)."),
  sessionIdleMinutes: whole(720, [1, 525_600], "A browser's session ends when it is not used for so long."),
  sessionHours: whole(168, [1, 87_600], "A browser's session ends after so long in any case."),
  groupRoles: text(
    "",
    "Groups of an OpenID provider or a directory, and the roles of their members: `group=>Role`, with `;` between. A group of a directory is named by its DN or its first part.",
  ),
  defaultRole: optional(
    "The role of users of an OpenID provider or a directory that are in none of `auth.groupRoles`; without it they are not let in.",
  ),
  syncRoles: flag(
    true,
    "Each login through a provider or directory sets the roles anew; otherwise only the first one.",
  ),
  oidcIssuer: optional("Address of an OpenID provider that people log in with. HTTP only on this machine."),
  oidcTitle: text("Single sign-on", "What the button of that provider says."),
  oidcClientId: text("", "How the provider knows Millrace."),
  oidcClientSecret: optional(
    "The secret that the provider gave to Millrace; without it Millrace is a public client.",
    true,
  ),
  oidcScopes: list(["openid", "profile", "email"], "What the provider is asked for."),
  oidcUsernameClaim: text("preferred_username", "The claim that is the user's name."),
  oidcGroupsClaim: text("groups", "The claim that names groups or roles; may be a path, like `realm_access.roles`."),
  publicUrl: optional(
    "Where browsers reach this server, like `https://millrace.example.org`; the provider must know it, followed by `/api/millrace/v1/session/oidc/callback`.",
  ),
  ldapUrl: optional("Address of a directory whose users may log in: `ldaps://host` or `ldap://host`."),
  ldapStartTls: flag(false, "A plain connection to the directory is turned into a TLS one before anything is said."),
  ldapCaFile: optional(
    "File with certificates in PEM that the directory's is checked against, relative to the project folder.",
  ),
  ldapBindDn: optional("Who searches the directory; without it anybody may."),
  ldapBindPassword: optional("The password of who searches the directory.", true),
  ldapSearchBase: text("", "Below which entry users are searched."),
  ldapUserFilter: text("(uid={username})", "How a user is found."),
  ldapGroupBase: optional("Below which entry groups are searched; without it the user's `memberOf` names them."),
  ldapGroupFilter: text("(member={dn})", "How a user's groups are found; `{dn}` and `{username}` stand for the user."),
  ldapTimeoutMs: whole(5_000, [100, 60_000], "How long the directory may take to answer."),
} as const;
