import type { Accounts, Identity, Logins, ThrottleRule, ThrottleSubject } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { LdapSettings } from "./auth-settings.ts";
import { makeDirectory } from "./directory.ts";
import { makePasswordCheck } from "./passwords.ts";

const ACCOUNT_RULE: ThrottleRule = { free: 5, mostSeconds: 300 };
// Many people may share an address.
const ADDRESS_RULE: ThrottleRule = { free: 50, mostSeconds: 900 };

/** Name and password, and the address that they came from. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly from: string;
}

/** Who was let in, and the hash that their password fitted; empty when a directory vouched for them. */
export interface LetIn {
  readonly identity: Identity;
  readonly passwordHash: string;
}

/**
 * Lets somebody in by name and password.
 *
 * @returns undefined when they are wrong, in the same time whether or not there is such a user
 * @throws Problem 429 with `Retry-After` when there were too many wrong ones
 */
export type CheckLogin = (login: Login) => Promise<LetIn | undefined>;

/** What {@link makeCheckLogin} needs. */
export interface CheckLoginOptions {
  readonly accounts: Accounts;
  readonly logins: Logins;
  /** Asked about users that have no password here. */
  readonly ldap?: LdapSettings;
}

/** Makes the check of names and passwords. */
export function makeCheckLogin({ accounts, logins, ldap }: CheckLoginOptions): CheckLogin {
  const askDirectory = ldap && makeDirectory({ accounts, logins, settings: ldap });
  const isRight = makePasswordCheck();
  return async (login) => {
    const subjects = subjectsOf(login);
    const waitSeconds = await logins.takeAttempt(subjects);
    if (waitSeconds !== undefined) {
      throw new Problem(429, {
        detail: `too many failed logins; try again in ${waitSeconds} s`,
        headers: { "retry-after": String(waitSeconds) },
      });
    }
    const found = await logins.findIdentity(login.username);
    const origin = found?.identity.user.origin ?? "ldap";
    const hash = origin === "local" ? found?.passwordHash : undefined;
    // Also checked where no password can fit: it must not show in the time.
    const hasFit = await isRight(hash, login.password);
    const identity = hasFit ? found?.identity : origin === "ldap" ? await askDirectory?.(login) : undefined;
    if (identity?.user.isActive !== true) {
      if (found) await logins.noteLogin(found.identity.user.userId, false);
      return undefined;
    }
    await logins.forgiveAttempt(subjects);
    await logins.noteLogin(identity.user.userId, true);
    return { identity, passwordHash: hasFit ? (hash ?? "") : "" };
  };
}

function subjectsOf({ username, from }: Login): readonly ThrottleSubject[] {
  return [
    { kind: "account", name: username.toLowerCase(), rule: ACCOUNT_RULE },
    { kind: "address", name: networkOf(from), rule: ADDRESS_RULE },
  ];
}

/** Whoever has an IPv6 address has a network of 2^64 of them. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const parts = (text: string): readonly string[] => text.split(":").filter((part) => part !== "");
  const [before, after] = [parts(head), parts(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const whole = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  return `${whole.slice(0, 4).join(":")}::/64`;
}
