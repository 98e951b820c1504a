import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type Configuration } from "oidc-provider";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { OidcSettings } from "@millrace/server";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const PUBLIC_URL = "http://millrace.test";
const CALLBACK = `${PUBLIC_URL}/api/millrace/v1/session/oidc/callback`;

/** People whom the provider knows, by the name that they log in with. */
const PEOPLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ada: {
    preferred_username: "ada",
    email: "ada@example.com",
    email_verified: true,
    given_name: "Ada",
    groups: ["data", "staff"],
  },
  eve: { preferred_username: "eve", email: "eve@example.com", email_verified: true, groups: ["staff"] },
  local: { preferred_username: "local", email: "else@example.com", email_verified: true, groups: ["data"] },
};

let http: Server;
let issuer: string;
let server: ServerHarness;

beforeAll(async () => {
  http = createHttpServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: "millrace",
        client_secret: "a client's secret",
        redirect_uris: [CALLBACK],
        grant_types: ["authorization_code"],
      },
    ],
    claims: {
      openid: ["sub"],
      profile: ["preferred_username", "given_name", "family_name", "groups"],
      email: ["email", "email_verified"],
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => Promise.resolve({ sub: id, ...PEOPLE[id] }) }),
    pkce: { required: () => true },
  };
  const provider = new Provider(issuer, configuration);
  http.on("request", provider.callback());
  const oidc: OidcSettings = {
    title: "Example",
    issuer,
    clientId: "millrace",
    clientSecret: "a client's secret",
    scopes: ["openid", "profile", "email"],
    usernameClaim: "preferred_username",
    groupsClaim: "groups",
    publicUrl: PUBLIC_URL,
    roleOfGroup: [["data", "Op"]],
    syncsRoles: true,
  };
  const auth = { basic: true, sessionIdleMs: 60_000, sessionMs: 600_000, oidc };
  server = await startServer({ authenticates: true, settings: { auth } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await new Promise((resolve) => http.close(resolve));
});

/** A browser at the provider: follows redirects, keeps cookies, logs in and agrees. @returns where it is sent back to */
async function atProvider(start: string, person: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = start;
  let init: RequestInit = {};
  for (let steps = 0; steps < 15; steps++) {
    const answer = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location !== null) {
      url = new URL(location, url).href;
      init = {};
      if (url.startsWith(PUBLIC_URL)) return url;
      continue;
    }
    const page = await answer.text();
    const [, prompt = ""] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    const [, form = ""] = /action="([^"]+)"/.exec(page) ?? [];
    const fields = { prompt, ...(prompt === "login" && { login: person, password: "any" }) };
    url = new URL(form, url).href;
    init = {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
  }
  throw new Error(`the provider does not send the browser back; it is at ${url}`);
}

async function begin(returnTo = "/dags?tag=a"): Promise<{ readonly location: string; readonly cookie: string }> {
  const answer = await server.get(`/api/millrace/v1/session/oidc?returnTo=${encodeURIComponent(returnTo)}`);
  expect(answer.status).toBe(302);
  const cookie = String(answer.headers["set-cookie"]);
  expect(cookie).toMatch(/^millrace_sign_in=.*HttpOnly; SameSite=Lax/);
  return { location: String(answer.headers["location"]), cookie: cookie.split(";")[0] ?? "" };
}

const back = (url: string, cookie: string): ReturnType<ServerHarness["get"]> =>
  server.get(url.slice(PUBLIC_URL.length), { headers: { cookie } });

const sessionOf = (answer: Awaited<ReturnType<ServerHarness["get"]>>): string =>
  [answer.headers["set-cookie"]]
    .flat()
    .map(String)
    .find((each) => each.startsWith("millrace_session="))
    ?.split(";")[0] ?? "";

test("somebody whom the provider knows is let in with the roles of their groups, and goes where they wanted to", async () => {
  const { location, cookie } = await begin();
  const asked = new URL(location).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ code_challenge_method: "S256", response_type: "code" });
  expect(asked.get("state")).toMatch(/.{20}/);
  expect(asked.get("nonce")).toMatch(/.{20}/);
  const answer = await back(await atProvider(location, "ada"), cookie);
  expect(answer).toMatchObject({ status: 302, headers: { location: "/dags?tag=a" } });
  const me = await server.get("/api/millrace/v1/session", { headers: { cookie: sessionOf(answer) } });
  expect(me.json).toMatchObject({ username: "ada", email: "ada@example.com", firstName: "Ada", roles: ["Op"] });
  expect(await server.ports.accounts.findUser("ada")).toMatchObject({ origin: "oidc", loginCount: 1 });
});

test("each login sets the roles anew, and a user of the provider has no password here", async () => {
  await server.ports.accounts.updateUser("ada", { roles: ["Admin"] });
  const { location, cookie } = await begin();
  await back(await atProvider(location, "ada"), cookie);
  expect((await server.ports.accounts.findUser("ada"))?.roles).toEqual(["Op"]);
  const basic = { authorization: `Basic ${Buffer.from("ada:any").toString("base64")}` };
  expect((await server.get("/api/v1/dags", { headers: basic })).status).toBe(401);
});

test("who has no role, or the name of a user who logs in otherwise, is not let in", async () => {
  await server.ports.accounts.createUser({
    username: "local",
    email: "local@example.com",
    firstName: "",
    lastName: "",
    roles: ["Admin"],
  });
  for (const [person, why] of [
    ["eve", "no role"],
    ["local", "another user's name"],
  ] as const) {
    const { location, cookie } = await begin();
    const answer = await back(await atProvider(location, person), cookie);
    expect(answer).toMatchObject({ status: 403, json: { detail: `${person} is not let in: ${why}` } });
    expect(sessionOf(answer)).toBe("");
  }
});

test("what comes back must fit what was begun in this browser, and does so once", async () => {
  const [mine, other] = [await begin(), await begin()];
  const url = await atProvider(mine.location, "ada");
  // Another browser, and none.
  expect((await back(url, "millrace_sign_in=made-up")).status).toBe(401);
  expect((await back(url, other.cookie)).status).toBe(401);
  expect((await back(url, mine.cookie)).status).toBe(302);
  expect((await back(url, mine.cookie)).status).toBe(401);
  const forged = await begin();
  const changed = (await atProvider(forged.location, "ada")).replace(/state=[^&]+/, "state=another");
  expect((await back(changed, forged.cookie)).status).toBe(401);
});

test("nobody is sent to another site after the login", async () => {
  for (const returnTo of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/%2e//evil.example",
    "javascript:alert(1)",
  ]) {
    const { location, cookie } = await begin(returnTo);
    const answer = await back(await atProvider(location, "ada"), cookie);
    expect(answer.headers["location"]).toBe("/");
  }
});

test("the login page is told of the provider, and a refusal of the provider is a 401", async () => {
  const ways = await server.get("/api/millrace/v1/session/ways");
  expect(ways.json.oidc).toEqual({ title: "Example", url: "/api/millrace/v1/session/oidc" });
  const { location, cookie } = await begin();
  const state = new URL(location).searchParams.get("state") ?? "";
  expect((await back(`${CALLBACK}?error=access_denied&state=${state}&iss=${issuer}`, cookie)).status).toBe(401);
});
