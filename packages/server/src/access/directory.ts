import type { Accounts, Identity, Logins } from "@millrace/core";
import { Client, InvalidCredentialsError, type Entry } from "ldapts";
import { Problem } from "../http/problem.ts";
import { admitExternal, type ExternalUser } from "./admit-external.ts";
import type { LdapSettings } from "./auth-settings.ts";

/** Asks a directory: an identity when it vouches for them, undefined when it does not. @throws Problem 503 when it does not answer */
export type AskDirectory = (login: {
  readonly username: string;
  readonly password: string;
}) => Promise<Identity | undefined>;

/** What {@link makeDirectory} needs. */
export interface DirectoryOptions {
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly settings: LdapSettings;
}

/** Makes the function that asks a directory: search as the service, bind as the user that was found, map groups to roles. */
export function makeDirectory({ accounts, logins, settings }: DirectoryOptions): AskDirectory {
  return async (login) => {
    let found: ExternalUser | undefined;
    try {
      found = await findUser(login, settings);
    } catch (cause) {
      if (cause instanceof InvalidCredentialsError) return undefined;
      throw new Problem(503, { detail: "the directory of users does not answer", cause });
    }
    if (!found) return undefined;
    const admission = await admitExternal(found, { accounts, logins, mapping: settings });
    return admission.kind === "admitted" ? admission.identity : undefined;
  };
}

/** Puts a value into a filter so that it is only a value (RFC 4515). */
export function escapeFilter(value: string): string {
  return value.replaceAll(/[\\*()\0]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

async function findUser(
  { username, password }: { readonly username: string; readonly password: string },
  settings: LdapSettings,
): Promise<ExternalUser | undefined> {
  // An empty password would be an anonymous bind, which succeeds. Directories take blanks around a name for nothing: two users would be one.
  if (password === "" || username !== username.trim()) return undefined;
  const service = await connect(settings);
  try {
    await bindService(service, settings);
    const entry = await findEntry(service, username, settings);
    if (!entry) return undefined;
    await checkPassword(entry.dn, password, settings);
    return {
      origin: "ldap",
      username: textOf(entry, "uid") ?? textOf(entry, "sAMAccountName") ?? username,
      firstName: textOf(entry, "givenName") ?? "",
      lastName: textOf(entry, "sn") ?? "",
      groups: await findGroups(service, { entry, username, settings }),
      ...emailOf(entry),
    };
  } finally {
    await service.unbind().catch(() => undefined);
  }
}

async function connect({ url, ca, startTls, timeoutMs }: LdapSettings): Promise<Client> {
  const tlsOptions = ca === undefined ? {} : { ca: [ca] };
  const client = new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    ...(url.startsWith("ldaps:") && { tlsOptions }),
  });
  if (startTls && !url.startsWith("ldaps:")) await client.startTLS({ ...tlsOptions, host: new URL(url).hostname });
  return client;
}

async function bindService(client: Client, { bindDn, bindPassword }: LdapSettings): Promise<void> {
  if (bindDn === undefined) return;
  try {
    await client.bind(bindDn, bindPassword ?? "");
  } catch (cause) {
    // It must not look like a wrong password of whoever logs in.
    throw new Error("the directory refuses auth.ldapBindDn", { cause });
  }
}

async function findEntry(client: Client, username: string, settings: LdapSettings): Promise<Entry | undefined> {
  const { searchEntries } = await client.search(settings.searchBase, {
    scope: "sub",
    filter: settings.userFilter.replaceAll("{username}", () => escapeFilter(username)),
    attributes: ["uid", "sAMAccountName", "mail", "givenName", "sn", "memberOf"],
    sizeLimit: 2,
    timeLimit: Math.ceil(settings.timeoutMs / 1_000),
  });
  // More than one is nobody: it cannot be known who is meant.
  return searchEntries.length === 1 ? searchEntries[0] : undefined;
}

/** @throws InvalidCredentialsError when it is wrong */
async function checkPassword(dn: string, password: string, settings: LdapSettings): Promise<void> {
  const client = await connect(settings);
  try {
    await client.bind(dn, password);
  } finally {
    await client.unbind().catch(() => undefined);
  }
}

async function findGroups(
  client: Client,
  { entry, username, settings }: { readonly entry: Entry; readonly username: string; readonly settings: LdapSettings },
): Promise<readonly string[]> {
  if (settings.groupBase === undefined) return textsOf(entry, "memberOf");
  const { searchEntries } = await client.search(settings.groupBase, {
    scope: "sub",
    filter: settings.groupFilter
      .replaceAll("{dn}", () => escapeFilter(entry.dn))
      .replaceAll("{username}", () => escapeFilter(username)),
    attributes: ["cn"],
    sizeLimit: 1_000,
  });
  return searchEntries.map(({ dn }) => dn);
}

function textsOf(entry: Entry, name: string): readonly string[] {
  return [entry[name] ?? []].flat().map(String);
}

function textOf(entry: Entry, name: string): string | undefined {
  return textsOf(entry, name)[0];
}

function emailOf(entry: Entry): { readonly email?: string } {
  const email = textOf(entry, "mail");
  return email === undefined ? {} : { email };
}
