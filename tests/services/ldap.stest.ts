import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LdapSettings } from "@millrace/server";
import { hashPassword } from "@millrace/server/access";
import { startServer, type ServerHarness } from "../harness/server-harness.ts";

const SLAPD = "/usr/sbin/slapd";
const BASE = "dc=example,dc=org";

const LDIF = `
dn: ${BASE}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,${BASE}
objectClass: organizationalUnit
ou: people

dn: ou=groups,${BASE}
objectClass: organizationalUnit
ou: groups

dn: cn=searcher,${BASE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: searcher
userPassword: the searcher's

dn: uid=ada,ou=people,${BASE}
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
givenName: Ada
mail: ada@example.org
userPassword: ada's own

dn: uid=eve,ou=people,${BASE}
objectClass: inetOrgPerson
uid: eve
cn: Eve
sn: Eve
userPassword: eve's own

dn: uid=star*(x),ou=people,${BASE}
objectClass: inetOrgPerson
uid: star*(x)
cn: Star
sn: Star
userPassword: star's own

dn: uid=mallory,ou=people,${BASE}
objectClass: inetOrgPerson
uid: mallory
cn: Mallory
sn: Mallory
mail: ada
userPassword: mallory's own

dn: cn=data,ou=groups,${BASE}
objectClass: groupOfNames
cn: data
member: uid=ada,ou=people,${BASE}
member: uid=star*(x),ou=people,${BASE}
`;

let folder: string;
let slapd: ChildProcess;
let ports: { readonly plain: number; readonly tls: number };

beforeAll(async () => {
  if (!existsSync(SLAPD)) throw new Error(`${SLAPD} is missing: install Debian's slapd`);
  folder = mkdtempSync(join(tmpdir(), "millrace-ldap-"));
  mkdirSync(join(folder, "data"));
  writeConfiguration();
  writeFileSync(join(folder, "data.ldif"), LDIF);
  execFileSync("/usr/sbin/slapadd", ["-f", join(folder, "slapd.conf"), "-l", join(folder, "data.ldif")]);
  ports = { plain: await freePort(), tls: await freePort() };
  const urls = `ldap://127.0.0.1:${ports.plain} ldaps://127.0.0.1:${ports.tls}`;
  slapd = spawn(SLAPD, ["-f", join(folder, "slapd.conf"), "-h", urls, "-d", "0"], { stdio: "ignore" });
  await untilItAnswers();
});
afterAll(async () => {
  if (slapd.exitCode === null) {
    const gone = new Promise((resolve) => slapd.once("exit", resolve));
    slapd.kill();
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

function writeConfiguration(): void {
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
      ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")],
    ],
    { stdio: "ignore" },
  );
  chmodSync(join(folder, "key.pem"), 0o600);
  writeFileSync(
    join(folder, "slapd.conf"),
    `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
suffix "${BASE}"
rootdn "cn=root,${BASE}"
directory ${folder}/data
maxsize 10485760
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=searcher,${BASE}" read by anonymous auth by * none
`,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function untilItAnswers(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (slapd.exitCode !== null) throw new Error(`slapd ended with ${slapd.exitCode}`);
    if (await isListening(ports.plain)) return;
    await setTimeout(100);
  }
  throw new Error("slapd does not answer");
}

function settingsOf(given: Partial<LdapSettings> = {}): LdapSettings {
  return {
    url: `ldap://127.0.0.1:${ports.plain}`,
    startTls: false,
    bindDn: `cn=searcher,${BASE}`,
    bindPassword: "the searcher's",
    searchBase: `ou=people,${BASE}`,
    userFilter: "(uid={username})",
    groupBase: `ou=groups,${BASE}`,
    groupFilter: "(member={dn})",
    timeoutMs: 5_000,
    roleOfGroup: [["data", "Op"]],
    syncsRoles: true,
    ...given,
  };
}

async function serverWith(ldap: LdapSettings): Promise<ServerHarness> {
  const auth = { basic: true, sessionIdleMs: 60_000, sessionMs: 600_000, ldap };
  return await startServer({ authenticates: true, settings: { auth } });
}

const logIn = (server: ServerHarness, username: string, password: string): ReturnType<ServerHarness["request"]> =>
  server.request("POST", "/api/millrace/v1/session", { body: { username, password } });

describe("a directory's users", () => {
  let server: ServerHarness;
  beforeAll(async () => {
    server = await serverWith(settingsOf());
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("are let in with their password there and the roles of their groups, by session and by Basic", async () => {
    const answer = await logIn(server, "ada", "ada's own");
    expect(answer).toMatchObject({
      status: 200,
      json: { username: "ada", email: "ada@example.org", firstName: "Ada", lastName: "Lovelace", roles: ["Op"] },
    });
    expect(await server.ports.accounts.findUser("ada")).toMatchObject({ origin: "ldap" });
    const authorization = `Basic ${Buffer.from("ada:ada's own").toString("base64")}`;
    expect((await server.get("/api/v1/roles", { headers: { authorization } })).status).toBe(403);
    expect((await server.get("/api/millrace/v1/session", { headers: { authorization } })).status).toBe(200);
  });

  test("are not let in with a wrong password, an empty one, or none of the groups", async () => {
    expect((await logIn(server, "ada", "wrong")).status).toBe(401);
    expect((await logIn(server, "eve", "eve's own")).status).toBe(401);
    expect(await server.ports.accounts.findUser("eve")).toBeUndefined();
    const authorization = `Basic ${Buffer.from("ada:").toString("base64")}`;
    expect((await server.get("/api/v1/dags", { headers: { authorization } })).status).toBe(401);
  });

  test("are found by their whole name alone: signs of filters mean nothing in it", async () => {
    expect((await logIn(server, "star*(x)", "star's own")).json).toMatchObject({ username: "star*(x)", roles: ["Op"] });
    for (const name of ["*", "a*", "ada)(uid=*", "star*", " ada", "ada\\"])
      expect((await logIn(server, name, "ada's own")).status).toBe(401);
  });

  test("do not take the place of a user with a password here, who is not asked about", async () => {
    await server.ports.accounts.createUser({ username: "here", email: "h@x", firstName: "", lastName: "", roles: [] });
    expect((await logIn(server, "here", "any")).status).toBe(401);
  });
});

test.each([
  ["ldaps", (): Partial<LdapSettings> => ({ url: `ldaps://127.0.0.1:${ports.tls}` })],
  ["StartTLS", (): Partial<LdapSettings> => ({ startTls: true })],
])("%s is used when its certificate is trusted, and refused when it is not", async (_, given) => {
  const ca = readFileSync(join(folder, "cert.pem"), "utf8");
  await using trusting = await serverWith(settingsOf({ ...given(), ca }));
  expect((await logIn(trusting, "ada", "ada's own")).status).toBe(200);
  await using wary = await serverWith(settingsOf(given()));
  expect((await logIn(wary, "ada", "ada's own")).status).toBe(503);
});

test("who logs in by a name that is another user's here stays who they are, also when their password is not asked about again", async () => {
  await using server = await serverWith(settingsOf({ userFilter: "(mail={username})", defaultRole: "Viewer" }));
  expect((await logIn(server, "ada@example.org", "ada's own")).json).toMatchObject({ username: "ada", roles: ["Op"] });
  const authorization = `Basic ${Buffer.from("ada:mallory's own").toString("base64")}`;
  const who = async (): Promise<unknown> =>
    (await server.get("/api/millrace/v1/session", { headers: { authorization } })).json.username;
  expect(await who()).toBe("mallory");
  // What is known of callers is forgotten with each change of a user; that their password was right is not.
  await server.ports.accounts.updateUser("ada", { lastName: "King" });
  expect(await who()).toBe("mallory");
});

test("a directory that is away, or refuses the searcher, is not a wrong password, and local users get in", async () => {
  for (const given of [{ url: "ldap://127.0.0.1:1" }, { bindPassword: "wrong" }]) {
    await using server = await serverWith(settingsOf(given));
    const user = { username: "local", email: "l@x", firstName: "", lastName: "", roles: [] };
    await server.ports.accounts.createUser({ ...user, passwordHash: await hashPassword("a password") });
    const answer = await logIn(server, "ada", "ada's own");
    expect(answer).toMatchObject({ status: 503, json: { detail: "the directory of users does not answer" } });
    expect((await logIn(server, "local", "a password")).status).toBe(200);
  }
});
