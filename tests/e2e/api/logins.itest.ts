import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerSettings } from "@millrace/server";
import { hashPassword } from "@millrace/server/access";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;

beforeAll(async () => {
  server = await startServer({ authenticates: true });
  for (const role of ["Admin", "Op", "User", "Viewer"]) await addUser(role.toLowerCase(), role);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function addUser(username: string, ...roles: readonly string[]): Promise<void> {
  await server.ports.accounts.createUser({
    username,
    email: `${username}@example.com`,
    firstName: "",
    lastName: "",
    roles,
    passwordHash: await hashPassword(`pass-of-${username}`),
  });
}

const basic = (username: string, password = `pass-of-${username}`): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
});

const UNAUTHORIZED = {
  type: expect.stringMatching("Errors/Unauthenticated$") as string,
  title: "Unauthorized",
  status: 401,
  detail: null,
};

/** Cookie and CSRF token of a new session, as headers. */
async function logIn(username: string, password = `pass-of-${username}`): Promise<Record<string, string>> {
  const answer = await server.request("POST", "/api/millrace/v1/session", { body: { username, password } });
  expect(answer.status).toBe(200);
  const [cookie = ""] = String(answer.headers["set-cookie"]).split(";");
  return { cookie, "x-csrf-token": (answer.json as { csrfToken: string }).csrfToken };
}

describe("Basic", () => {
  test.each([
    ["nothing", undefined],
    ["a scheme alone", "basic"],
    ["a bearer that is no token", "bearer x"],
    ["no colon", `Basic ${Buffer.from("admin").toString("base64")}`],
    ["what is not base64", "Basic !!!"],
    ["an empty password", `Basic ${Buffer.from("admin:").toString("base64")}`],
    ["another scheme", "Digest abc"],
    ["a wrong password", `Basic ${Buffer.from("viewer:wrong").toString("base64")}`],
    ["an unknown user", `Basic ${Buffer.from("nobody:wrong").toString("base64")}`],
  ])("%s is 401 with Airflow's body", async (_, authorization) => {
    const answer = await server.get("/api/v1/dags", { headers: authorization === undefined ? {} : { authorization } });
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": "Basic" } });
    expect(answer.json).toEqual(UNAUTHORIZED);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("the right password is let in, and what the role may not is 403", async () => {
    expect((await server.get("/api/v1/roles", { headers: basic("admin") })).status).toBe(200);
    const answer = await server.get("/api/v1/roles", { headers: basic("viewer") });
    expect(answer).toMatchObject({ status: 403, json: { title: "Forbidden" } });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("names are known whatever their case", async () => {
    expect((await server.get("/api/v1/roles", { headers: basic("ADMIN", "pass-of-admin") })).status).toBe(200);
  });

  test("calls at once hash the password once, and later ones not at all", async () => {
    await addUser("busy", "Admin");
    const many = await Promise.all(
      Array.from({ length: 20 }, () => server.get("/api/v1/roles", { headers: basic("busy") })),
    );
    expect(many.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await server.ports.accounts.findUser("busy"))?.loginCount).toBe(1);
  });

  test("a changed password and a lock hold at once, also where the old one was just used", async () => {
    const { accounts } = server.ports;
    await addUser("changing", "Admin");
    const status = async (password?: string): Promise<number> =>
      (await server.get("/api/v1/roles", { headers: basic("changing", password) })).status;
    expect(await status()).toBe(200);
    await accounts.updateUser("changing", { passwordHash: await hashPassword("another") });
    expect(await status()).toBe(401);
    expect(await status("another")).toBe(200);
    await accounts.updateUser("changing", { isActive: false });
    expect(await status("another")).toBe(401);
  });

  test("a user's roles hold at once", async () => {
    await addUser("rising", "Viewer");
    expect((await server.get("/api/v1/roles", { headers: basic("rising") })).status).toBe(403);
    await server.ports.accounts.updateUser("rising", { roles: ["Admin"] });
    expect((await server.get("/api/v1/roles", { headers: basic("rising") })).status).toBe(200);
  });

  test("what is open to everybody does not look at credentials", async () => {
    const answer = await server.get("/api/v1/version", { headers: { authorization: "Basic !!!" } });
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("sessions", () => {
  test("a login answers with who it is and a cookie that scripts cannot read; logging out ends it", async () => {
    const answer = await server.request("POST", "/api/millrace/v1/session", {
      body: { username: "viewer", password: "pass-of-viewer" },
    });
    expect(answer.json).toMatchObject({ username: "viewer", roles: ["Viewer"], mustChangePassword: false });
    expect(answer.json.permissions).toContain("can_read DAGs");
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^millrace_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    const headers = { cookie: cookie.split(";")[0] ?? "", "x-csrf-token": answer.json.csrfToken as string };
    const me = await server.get("/api/millrace/v1/session", { headers });
    expect(me.json).toEqual({ ...answer.json, lastEventId: expect.any(String) as string });
    // A place of the feed: whoever follows from it hears of all that came after the login.
    for (const { lastEventId } of [answer.json, me.json])
      expect(await server.ports.changes.read(lastEventId as string, 1)).toBeDefined();
    expect(me.headers["set-cookie"]).toBeUndefined();
    const out = await server.request("DELETE", "/api/millrace/v1/session", { headers });
    expect(out.status).toBe(204);
    expect(String(out.headers["set-cookie"])).toMatch(/^millrace_session=; .*Max-Age=0/);
    expect((await server.get("/api/millrace/v1/session", { headers })).status).toBe(401);
  });

  test("the cookie is for TLS alone where the request came by TLS", async () => {
    await using behindProxy = await startServer({
      authenticates: true,
      settings: { trustedProxies: ["127.0.0.1"] } satisfies Partial<ServerSettings>,
    });
    await behindProxy.ports.accounts.createUser({
      username: "ada",
      email: "a@example.com",
      firstName: "",
      lastName: "",
      roles: [],
      passwordHash: await hashPassword("password"),
    });
    const answer = await behindProxy.request("POST", "/api/millrace/v1/session", {
      body: { username: "ada", password: "password" },
      headers: { "x-forwarded-proto": "https" },
    });
    expect(String(answer.headers["set-cookie"])).toMatch(/; Secure$/);
  });

  test("unsafe requests of a session need its CSRF token, safe ones do not", async () => {
    const { cookie = "", ...token } = await logIn("admin");
    const body = { name: "Forged", actions: [] };
    const post = async (headers: Record<string, string>): Promise<number> =>
      (await server.request("POST", "/api/v1/roles", { body, headers: { cookie, ...headers } })).status;
    expect(await post({})).toBe(403);
    expect(await post({ "x-csrf-token": "wrong" })).toBe(403);
    expect(await server.ports.accounts.findRole("Forged")).toBeUndefined();
    expect((await server.get("/api/v1/roles", { headers: { cookie } })).status).toBe(200);
    expect(await post(token)).toBe(200);
  });

  test("a wrong password is 401 without a window of the browser, and without saying which of the two is wrong", async () => {
    const tryAs = (username: string): ReturnType<ServerHarness["request"]> =>
      server.request("POST", "/api/millrace/v1/session", { body: { username, password: "wrong" } });
    const [known, unknown] = [await tryAs("op"), await tryAs("who")];
    expect(known).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
    expect(unknown.json).toEqual(known.json);
    expect(known.headers["set-cookie"]).toBeUndefined();
  });

  test("a page of another site cannot log a browser in", async () => {
    const answer = await server.request("POST", "/api/millrace/v1/session", {
      body: { username: "viewer", password: "pass-of-viewer" },
      headers: { "sec-fetch-site": "cross-site" },
    });
    expect(answer.status).toBe(403);
  });

  test("changing one's password needs the old one, ends other sessions and goes on in a new one", async () => {
    await addUser("mover", "Viewer");
    const [here, elsewhere] = [await logIn("mover"), await logIn("mover")];
    const change = (currentPassword: string, headers: Record<string, string>): ReturnType<ServerHarness["request"]> =>
      server.request("PUT", "/api/millrace/v1/session/password", {
        body: { currentPassword, newPassword: "a new password" },
        headers,
      });
    expect((await change("wrong", here)).status).toBe(400);
    const changed = await change("pass-of-mover", here);
    expect(changed.status).toBe(204);
    const [cookie = ""] = String(changed.headers["set-cookie"]).split(";");
    expect((await server.get("/api/millrace/v1/session", { headers: { cookie } })).status).toBe(200);
    for (const old of [here, elsewhere])
      expect((await server.get("/api/millrace/v1/session", { headers: old })).status).toBe(401);
    await logIn("mover", "a new password");
  });

  test("what nobody in particular may do is what role Public may", async () => {
    const { accounts } = server.ports;
    const permission = { action: "can_read", resource: "Pools" };
    expect((await server.get("/api/v1/roles")).status).toBe(401);
    await accounts.grantPermissions("Public", [permission]);
    expect((await server.get("/api/v1/roles")).status).toBe(403);
    const ways = await server.get("/api/millrace/v1/session/ways");
    expect(ways.json).toMatchObject({ password: true, anonymous: ["can_read Pools"] });
    expect(await server.ports.changes.read(ways.json.lastEventId as string, 1)).toBeDefined();
    await accounts.revokePermissions("Public", [permission]);
    expect((await server.get("/api/millrace/v1/session/ways")).json).toEqual({ password: true, anonymous: [] });
    expect((await server.get("/api/v1/roles")).status).toBe(401);
  });
});

describe("tokens", () => {
  const make = (body: object, headers = basic("admin")): ReturnType<ServerHarness["request"]> =>
    server.request("POST", "/api/millrace/v1/tokens", { body, headers });

  test("a token is shown once, does what its scopes say, and ends when it is revoked", async () => {
    const made = await make({ name: "reader", scopes: ["can_read Roles"] });
    expect(made).toMatchObject({
      status: 201,
      json: { name: "reader", hint: expect.stringMatching(/^mrt_.{6}$/) as string },
    });
    const headers = { authorization: `Bearer ${made.json.token as string}` };
    expect((await server.get("/api/v1/roles", { headers })).status).toBe(200);
    expect((await server.get("/api/v1/users", { headers })).status).toBe(403);
    const list = await server.get("/api/millrace/v1/tokens", { headers: basic("admin") });
    expect(list.text).not.toContain(made.json.token);
    expect(list.json.items).toMatchObject([
      { name: "reader", scopes: ["can_read Roles"], lastUsedAt: expect.any(String) as string },
    ]);
    const path = `/api/millrace/v1/tokens/${made.json.tokenId as number}`;
    expect((await server.request("DELETE", path, { headers: basic("viewer") })).status).toBe(404);
    expect((await server.request("DELETE", path, { headers: basic("admin") })).status).toBe(204);
    expect((await server.get("/api/v1/roles", { headers })).json).toEqual(UNAUTHORIZED);
  });

  test("a token can do no more than its user, whose roles may shrink", async () => {
    await addUser("shrinking", "Admin");
    const made = await make({ name: "all" }, basic("shrinking"));
    const headers = { authorization: `Bearer ${made.json.token as string}` };
    expect((await server.get("/api/v1/roles", { headers })).status).toBe(200);
    await server.ports.accounts.updateUser("shrinking", { roles: ["Viewer"] });
    expect((await server.get("/api/v1/roles", { headers })).status).toBe(403);
  });

  test("a token cannot make tokens; scopes, dates and names are checked", async () => {
    const made = await make({ name: "first" });
    const headers = { authorization: `Bearer ${made.json.token as string}` };
    expect((await make({ name: "second" }, headers)).status).toBe(403);
    expect((await make({ name: "first" })).status).toBe(409);
    expect((await make({ name: "third", scopes: ["can_fly DAGs"] })).status).toBe(400);
    expect((await make({ name: "third", expiresAt: "2001-01-01T00:00:00Z" })).status).toBe(400);
    expect((await server.get("/api/millrace/v1/tokens?username=admin", { headers: basic("viewer") })).status).toBe(403);
  });
});

test("wrong passwords slow down the account, not those who are already in, and a right one is not even looked at", async () => {
  await addUser("victim", "Admin");
  const headers = await logIn("victim");
  const statuses: number[] = [];
  for (let tries = 0; tries < 8; tries++)
    statuses.push((await server.get("/api/v1/roles", { headers: basic("victim", `guess-${tries}`) })).status);
  expect(statuses).toContain(429);
  const refused = await server.get("/api/v1/roles", { headers: basic("victim") });
  expect(refused).toMatchObject({ status: 429, json: { title: "Too Many Requests" } });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect((await server.get("/api/v1/roles", { headers })).status).toBe(200);
});

test("a DAG's file gives roles access to it, and takes it back", async () => {
  const aDag = (access: string): string =>
    `import { dag } from "millrace"; export const d = dag("sold", ${access}, ({ task }) => { task("a", () => 1); });
     export const e = dag("secret", ({ task }) => { task("a", () => 1); });`;
  await server.ports.accounts.createRole({ name: "Sales", permissions: [] });
  await addUser("seller", "Sales");
  const statusOf = async (dagId: string): Promise<number> => {
    // What the DAG processor saves is noticed within a second.
    const made = await logIn("seller");
    return (await server.get(`/api/v1/dags/${dagId}`, { headers: made })).status;
  };
  await server.engine.deploy(aDag('{ accessControl: { Sales: ["can_read"] } }'));
  expect([await statusOf("sold"), await statusOf("secret")]).toEqual([200, 403]);
  await server.engine.deploy(aDag("{}"));
  expect(await statusOf("sold")).toBe(403);
});

test("addresses of one IPv6 network are slowed down together", async () => {
  await using proxied = await startServer({ authenticates: true, settings: { trustedProxies: ["127.0.0.1"] } });
  const statuses: number[] = [];
  const tryFrom = async (address: string, username: string): Promise<number> => {
    const headers = { ...basic(username, "wrong"), "x-forwarded-for": address };
    return (await proxied.get("/api/v1/dags", { headers })).status;
  };
  for (let tries = 0; tries < 60; tries++)
    statuses.push(await tryFrom(`2001:db8:0:1::${(tries + 1).toString(16)}`, `nobody-${tries}`));
  expect(statuses.slice(0, 50).every((status) => status === 401)).toBe(true);
  expect(statuses).toContain(429);
  expect(await tryFrom("2001:db8:0:2::1", "nobody-else")).toBe(401);
});

describe("a password that somebody else chose", () => {
  test("lets in to nothing but choosing another one; tokens go on", async () => {
    await addUser("novice", "Op");
    const token = await server.request("POST", "/api/millrace/v1/tokens", {
      body: { name: "t" },
      headers: basic("novice"),
    });
    await server.ports.accounts.updateUser("novice", { mustChangePassword: true });
    expect((await server.get("/api/v1/dags", { headers: basic("novice") })).json).toMatchObject({
      status: 403,
      detail: expect.stringContaining("/session/password") as string,
    });
    const headers = await logIn("novice");
    expect((await server.get("/api/millrace/v1/dags", { headers })).status).toBe(403);
    expect((await server.request("POST", "/api/millrace/v1/tokens", { body: { name: "u" }, headers })).status).toBe(
      403,
    );
    expect((await server.get("/api/millrace/v1/session", { headers })).json).toMatchObject({
      mustChangePassword: true,
    });
    const bearer = { authorization: `Bearer ${(token.json as { token: string }).token}` };
    expect((await server.get("/api/millrace/v1/dags", { headers: bearer })).status).toBe(200);
    const body = { currentPassword: "pass-of-novice", newPassword: "of-my-own-choice" };
    expect((await server.request("PUT", "/api/millrace/v1/session/password", { body, headers })).status).toBe(204);
    expect((await server.get("/api/v1/dags", { headers: basic("novice", "of-my-own-choice") })).status).toBe(200);
  });
});

describe("users over Millrace's own API", () => {
  const patch = (username: string, body: object): ReturnType<ServerHarness["request"]> =>
    server.request("PATCH", `/api/millrace/v1/users/${username}`, { headers: basic("admin"), body });

  test("whoever is made inactive is refused at once by password, token and session; active again, tokens hold", async () => {
    await addUser("away", "Viewer");
    const session = await logIn("away");
    const body = { name: "cli" };
    const made = await server.request("POST", "/api/millrace/v1/tokens", { headers: basic("away"), body });
    const bearer = { authorization: `Bearer ${(made.json as { token: string }).token}` };
    const statuses = async (): Promise<readonly number[]> => [
      (await server.get("/api/v1/dags", { headers: basic("away") })).status,
      (await server.get("/api/v1/dags", { headers: bearer })).status,
      (await server.get("/api/v1/dags", { headers: session })).status,
    ];
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await patch("AWAY", { isActive: false })).toMatchObject({ status: 200, json: { isActive: false } });
    expect(await statuses()).toEqual([401, 401, 401]);
    const login = { username: "away", password: "pass-of-away" };
    expect((await server.request("POST", "/api/millrace/v1/session", { body: login })).status).toBe(401);
    expect((await patch("away", { isActive: true })).status).toBe(200);
    expect(await statuses()).toEqual([200, 200, 401]);
  });

  test("a password is given where one is kept, and shown nowhere", async () => {
    const given = await patch("away", { password: "another-one", mustChangePassword: true });
    expect(given).toMatchObject({ status: 200, json: { mustChangePassword: true, origin: "local" } });
    expect(given.text).not.toContain("another-one");
    expect((await server.get("/api/v1/dags", { headers: basic("away", "another-one") })).status).toBe(403);
    const outside = { username: "outside", email: "o@example.com", firstName: "", lastName: "", roles: [] };
    await server.ports.accounts.createUser({ ...outside, origin: "oidc" });
    expect(await patch("outside", { password: "another-one" })).toMatchObject({ status: 409 });
    expect((await patch("nobody", { isActive: false })).status).toBe(404);
  });

  test("users are listed a page at a time", async () => {
    const list = async (query: string) =>
      await server.get(`/api/millrace/v1/users?${query}`, { headers: basic("admin") });
    const first = (await list("limit=2")).json as { items: { username: string }[]; next: string };
    const second = (await list(`limit=1000&after=${first.next}`)).json as { items: { username: string }[] };
    const names = [...first.items, ...second.items].map(({ username }) => username);
    expect(names).toHaveLength(
      (await server.ports.accounts.listUsers({ orderBy: "username", isDescending: false, offset: 0, limit: 1_000 }))
        .total,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(second).not.toHaveProperty("next");
    expect((await list("after=x")).status).toBe(400);
  });
});

describe("the last Admin", () => {
  test("cannot be deleted, locked or demoted, also not two of them at once; a directory may", async () => {
    const { accounts } = server.ports;
    const conflict = { code: "CONFLICT" };
    const all = await accounts.listUsers({ orderBy: "userId", isDescending: false, offset: 0, limit: 1_000 });
    const others = all.items.filter(({ roles, username }) => roles.includes("Admin") && username !== "admin");
    for (const { username } of others) await accounts.deleteUser(username);
    await expect(accounts.deleteUser("admin")).rejects.toMatchObject(conflict);
    await expect(accounts.updateUser("admin", { roles: ["Op"] })).rejects.toMatchObject(conflict);
    await expect(accounts.updateUser("admin", { isActive: false })).rejects.toMatchObject(conflict);
    expect(
      (await server.request("DELETE", "/auth/fab/v1/users/admin", { headers: basic("admin") })).json,
    ).toMatchObject({
      status: 409,
    });
    expect(await accounts.findUser("admin")).toMatchObject({ roles: ["Admin"], isActive: true });
    await addUser("second", "Admin");
    const gone = await Promise.allSettled([
      accounts.deleteUser("second"),
      accounts.updateUser("admin", { roles: ["Op"] }),
    ]);
    expect(gone.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await accounts.updateUser("admin", { roles: ["Admin"] });
    expect(await accounts.updateUser("admin", { email: "new@example.com" })).toMatchObject({
      email: "new@example.com",
    });
    await accounts.deleteUser("second");
    expect(await accounts.updateUser("admin", { roles: ["Op"], isVouchedFor: true })).toMatchObject({ roles: ["Op"] });
    await accounts.updateUser("admin", { roles: ["Admin"] });
  });
});
