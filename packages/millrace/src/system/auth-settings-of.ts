import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import type { AuthSettings, LdapSettings, OidcSettings, RoleMapping } from "@millrace/server";
import type { Config } from "../config.ts";

type Auth = Config["auth"];

/** What a project's configuration decides about logging in. @throws MillraceError BAD_CONFIG */
export function authSettingsOf({ auth, projectFolder }: Pick<Config, "auth" | "projectFolder">): AuthSettings {
  const mapping = mappingOf(auth);
  const oidc = oidcOf(auth, mapping);
  const ldap = ldapOf(auth, mapping, projectFolder);
  return {
    basic: auth.basic,
    sessionIdleMs: auth.sessionIdleMinutes * 60_000,
    sessionMs: auth.sessionHours * 3_600_000,
    ...(oidc && { oidc }),
    ...(ldap && { ldap }),
  };
}

function mappingOf({ groupRoles, defaultRole, syncRoles }: Auth): RoleMapping {
  const pairs = groupRoles
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "");
  return {
    roleOfGroup: pairs.map((pair) => {
      const [, group, role] = /^(.+?)\s*=>\s*(.+)$/.exec(pair) ?? [];
      if (group !== undefined && role !== undefined) return [group, role];
      throw new MillraceError("BAD_CONFIG", `auth.groupRoles: ${JSON.stringify(pair)} is not group=>Role`);
    }),
    syncsRoles: syncRoles,
    ...(defaultRole !== undefined && { defaultRole }),
  };
}

function oidcOf(auth: Auth, mapping: RoleMapping): OidcSettings | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret, publicUrl } = auth;
  if (issuer === undefined) return undefined;
  const url = urlOf("auth.oidcIssuer", issuer, ["https:", "http:"]);
  if (url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname))
    throw new MillraceError(
      "BAD_CONFIG",
      "auth.oidcIssuer: only a provider on this machine may be reached without TLS",
    );
  if (clientId === "") throw new MillraceError("BAD_CONFIG", "auth.oidcIssuer needs auth.oidcClientId");
  if (publicUrl === undefined) throw new MillraceError("BAD_CONFIG", "auth.oidcIssuer needs auth.publicUrl");
  return {
    ...mapping,
    title: auth.oidcTitle,
    issuer,
    clientId,
    scopes: auth.oidcScopes,
    usernameClaim: auth.oidcUsernameClaim,
    groupsClaim: auth.oidcGroupsClaim,
    publicUrl: urlOf("auth.publicUrl", publicUrl, ["https:", "http:"]).href.replace(/\/$/, ""),
    ...(clientSecret !== undefined && { clientSecret }),
  };
}

function ldapOf(auth: Auth, mapping: RoleMapping, projectFolder: string): LdapSettings | undefined {
  const { ldapUrl: url, ldapBindDn: bindDn, ldapBindPassword: bindPassword, ldapGroupBase: groupBase } = auth;
  if (url === undefined) return undefined;
  urlOf("auth.ldapUrl", url, ["ldap:", "ldaps:"]);
  if (!auth.ldapUserFilter.includes("{username}"))
    throw new MillraceError("BAD_CONFIG", "auth.ldapUserFilter must have {username} in it");
  const ca = auth.ldapCaFile === undefined ? undefined : readCa(resolve(projectFolder, auth.ldapCaFile));
  return {
    ...mapping,
    url,
    startTls: auth.ldapStartTls,
    searchBase: auth.ldapSearchBase,
    userFilter: auth.ldapUserFilter,
    groupFilter: auth.ldapGroupFilter,
    timeoutMs: auth.ldapTimeoutMs,
    ...(ca !== undefined && { ca }),
    ...(bindDn !== undefined && { bindDn }),
    ...(bindPassword !== undefined && { bindPassword }),
    ...(groupBase !== undefined && { groupBase }),
  };
}

function urlOf(key: string, text: string, protocols: readonly string[]): URL {
  const url = URL.parse(text);
  if (url && protocols.includes(url.protocol)) return url;
  const fits = protocols.map((protocol) => `${protocol}//`).join(" or ");
  throw new MillraceError("BAD_CONFIG", `${key}: it must be an address that begins with ${fits}`);
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new MillraceError("BAD_CONFIG", `auth.ldapCaFile cannot be read: ${(cause as Error).message}`, { cause });
  }
}
