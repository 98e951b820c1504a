import { createHash, randomBytes } from "node:crypto";
import type { Accounts, Logins, NewUser, OffsetPage, UserOrder } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
let accounts: Accounts;
let logins: Logins;

beforeAll(async () => {
  store = await testStore();
  ({ accounts, logins } = store);
  await accounts.syncRoles([
    { name: "Viewer", permissions: [{ action: "can_read", resource: "DAGs" }] },
    { name: "Public", permissions: [] },
  ]);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
});

let count = 0;
function aUser(given: Partial<NewUser> = {}): NewUser {
  const username = `user-${++count}`;
  return { username, email: `${username}@example.com`, firstName: "", lastName: "", roles: ["Viewer"], ...given };
}

const byName = (given: Partial<OffsetPage<UserOrder>> = {}): OffsetPage<UserOrder> => ({
  orderBy: "username",
  isDescending: false,
  offset: 0,
  limit: 100,
  ...given,
});

const aHash = (): Buffer => createHash("sha256").update(randomBytes(32)).digest();

describe("users", () => {
  test("a user is found whatever the case of the name, with roles and counts", async () => {
    const made = await accounts.createUser(aUser({ username: "Ada", email: "ada@example.com", passwordHash: "x" }));
    expect(await accounts.findUser("aDA")).toEqual(made);
    expect(made).toMatchObject({ username: "Ada", roles: ["Viewer"], isActive: true, loginCount: 0, origin: "local" });
    expect(made).not.toHaveProperty("passwordHash");
  });

  test("names and addresses are taken whatever their case, and the field that clashed is named", async () => {
    const { username, email } = await accounts.createUser(aUser());
    await expect(accounts.createUser(aUser({ username: username.toUpperCase() }))).rejects.toMatchObject({
      code: "CONFLICT",
      details: { field: "username" },
    });
    const other = await accounts.createUser(aUser());
    await expect(accounts.updateUser(other.username, { email: email.toUpperCase() })).rejects.toMatchObject({
      code: "CONFLICT",
      details: { field: "email" },
    });
  });

  test("roles that are none are named, and nothing is made", async () => {
    const user = aUser({ roles: ["Viewer", "Nope"] });
    await expect(accounts.createUser(user)).rejects.toMatchObject({ code: "NOT_FOUND", details: { roles: ["Nope"] } });
    expect(await accounts.findUser(user.username)).toBeUndefined();
  });

  test("of many first users made at once one stays", async () => {
    await using empty = await testStore();
    const fresh = empty.accounts;
    const made = await Promise.all([1, 2, 3].map(() => fresh.createFirstUser(aUser({ roles: [] }))));
    expect(made.filter((user) => user !== undefined)).toHaveLength(1);
    expect((await fresh.listUsers(byName())).total).toBe(1);
  });

  test("a page of users knows how many there are in all", async () => {
    await accounts.createUser(aUser());
    const all = await accounts.listUsers(byName());
    const page = await accounts.listUsers(byName({ limit: 1, offset: 1, isDescending: true }));
    expect(page.total).toBe(all.total);
    expect(page.items).toEqual([all.items.at(-2)]);
  });

  test("a new password and a lock end sessions; a deleted user's token holds no more", async () => {
    const { userId, username } = await accounts.createUser(aUser());
    const session = { userId, csrf: "c", from: "::1", userAgent: "", idleMs: 60_000, absoluteMs: 60_000 };
    for (const patch of [{ passwordHash: "new" }, { isActive: false }]) {
      await accounts.updateUser(username, { isActive: true });
      const hash = aHash();
      await logins.createSession({ ...session, hash });
      expect(await logins.findSession(hash)).toMatchObject({ csrf: "c", identity: { user: { username } } });
      await accounts.updateUser(username, patch);
      await accounts.updateUser(username, { isActive: true });
      expect(await logins.findSession(hash)).toBeUndefined();
    }
    const hash = aHash();
    await logins.createToken({ userId, name: "t", hash, hint: "mrt_x" });
    await accounts.deleteUser(username);
    expect(await logins.findToken(hash)).toBeUndefined();
  });
});

describe("roles", () => {
  test("an upgrade gives what is new and does not bring back what was taken", async () => {
    const read = { action: "can_read", resource: "Pools" };
    const edit = { action: "can_edit", resource: "Pools" };
    await accounts.syncRoles([{ name: "Later", permissions: [read] }]);
    await accounts.revokePermissions("Later", [read]);
    await accounts.syncRoles([{ name: "Later", permissions: [read, edit] }]);
    expect(await accounts.findRole("Later")).toEqual({ name: "Later", permissions: [edit] });
  });

  test("a role can be renamed, not to a name that is taken; its users keep it", async () => {
    await accounts.createRole({ name: "One", permissions: [{ action: "can_read", resource: "DAG:orders" }] });
    const { username } = await accounts.createUser(aUser({ roles: ["One"] }));
    await expect(accounts.updateRole("One", { name: "Viewer" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await accounts.updateRole("One", { name: "Two" })).toBe(true);
    expect((await logins.findIdentity(username))?.identity.permissions).toEqual(["can_read DAG:orders"]);
    expect(await accounts.deleteRole("Two")).toBe(true);
    expect((await accounts.findUser(username))?.roles).toEqual([]);
    expect(await accounts.updateRole("Two", {})).toBe(false);
  });

  test("listeners hear of changes until they stop", async () => {
    let heard = 0;
    const stop = accounts.onChange(() => (heard += 1));
    await accounts.grantPermissions("Public", []);
    stop();
    await accounts.grantPermissions("Public", []);
    expect(heard).toBe(1);
  });
});

describe("credentials", () => {
  test("a token that is revoked, over, or of a locked user does not hold", async () => {
    const { userId, username } = await accounts.createUser(aUser());
    const [hash, old] = [aHash(), aHash()];
    const token = await logins.createToken({ userId, name: "deploy", hash, hint: "mrt_ab", scopes: ["can_read DAGs"] });
    await logins.createToken({ userId, name: "old", hash: old, hint: "mrt_cd", expiresAt: 1_000_000 });
    expect(await logins.findToken(old)).toBeUndefined();
    expect(await logins.findToken(hash)).toMatchObject({ token: { scopes: ["can_read DAGs"] } });
    await accounts.updateUser(username, { isActive: false });
    expect(await logins.findToken(hash)).toBeUndefined();
    await accounts.updateUser(username, { isActive: true });
    expect(await logins.revokeToken(token.tokenId, "somebody-else")).toBe(false);
    expect(await logins.revokeToken(token.tokenId, username)).toBe(true);
    expect(await logins.findToken(hash)).toBeUndefined();
    const { items } = await logins.listTokens({ username });
    expect(items).toMatchObject([{ name: "deploy", lastUsedAt: expect.any(Number) as number }, { name: "old" }]);
  });

  test("of two tokens of one name made at once one is refused", async () => {
    const { userId } = await accounts.createUser(aUser());
    const make = (): Promise<unknown> => logins.createToken({ userId, name: "same", hash: aHash(), hint: "mrt_x" });
    const ends = await Promise.allSettled([make(), make()]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("a session ends when it is idle and after its time", async () => {
    const { userId } = await accounts.createUser(aUser());
    const session = { userId, csrf: "c", from: "::1", userAgent: "" };
    const [idle, over] = [aHash(), aHash()];
    await logins.createSession({ ...session, hash: idle, idleMs: 0, absoluteMs: 60_000 });
    await logins.createSession({ ...session, hash: over, idleMs: 60_000, absoluteMs: 0 });
    expect(await logins.findSession(idle)).toBeUndefined();
    expect(await logins.findSession(over)).toBeUndefined();
  });

  test("what a provider must bring back is taken once", async () => {
    const hash = aHash();
    const signIn = { state: "s", nonce: "n", codeVerifier: "v", returnTo: "/" };
    await logins.keepSignIn(hash, signIn);
    expect(await logins.takeSignIn(hash)).toEqual(signIn);
    expect(await logins.takeSignIn(hash)).toBeUndefined();
  });

  test("tries of one account at once are counted before any is judged, and the wait doubles", async () => {
    const subjects = [{ kind: "account", name: "victim", rule: { free: 3, mostSeconds: 60 } }] as const;
    const waits = await Promise.all(Array.from({ length: 20 }, () => logins.takeAttempt(subjects)));
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(4);
    await store.sql("update millrace.login_throttle set blocked_until = now()");
    expect(await logins.takeAttempt(subjects)).toBeUndefined();
    expect(await logins.takeAttempt(subjects)).toBe(2);
    await logins.forgiveAttempt(subjects);
    expect(await logins.takeAttempt(subjects)).toBeUndefined();
  });

  test("sweeping deletes what has ended and nothing else", async () => {
    const { userId } = await accounts.createUser(aUser());
    const session = { userId, csrf: "c", from: "::1", userAgent: "", absoluteMs: 60_000 };
    const [gone, kept] = [aHash(), aHash()];
    await logins.createSession({ ...session, hash: gone, idleMs: 0 });
    await logins.createSession({ ...session, hash: kept, idleMs: 60_000 });
    await logins.sweep();
    const rows = await store.sql("select session_hash = $1 as found from millrace.login_session where user_id = $2", [
      kept,
      userId,
    ]);
    expect(rows).toEqual([{ found: true }]);
  });
});
