import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Secret, type Connection, type ConnectionTypes, type NetworkRules } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createConnectionTypes } from "../connections/connection-types.ts";
import { STANDARD_CONNECTION_TYPES } from "../connections/standard-types.ts";
import { createNetwork } from "../network/guarded-network.ts";
import { withProviderTypes } from "./provider-connection-types.ts";
import { readProviders, type ReadProvider } from "./read-providers.ts";

const CORE = new URL("../../../core/src/index.ts", import.meta.url).href;
const environment = { environment: { ...process.env, SEEN: "yes", HIDDEN: "yes" }, environmentNames: ["SEEN"] };
const folder = mkdtempSync(join(tmpdir(), "millrace-providers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function module(name: string, code: string): string {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { provider as define, connectionForm, textField } from ${JSON.stringify(CORE)};\n${code}\n`,
  );
  return pathToFileURL(file).href;
}

const trial = (type: string, body: string): string =>
  `{ type: "${type}", label: "${type}", aliases: ["${type}2"], form: connectionForm({ host: textField("Host") }), trial: async (connection, tools) => { ${body} } }`;

const GOOD = module("good", `export const provider = define({ id: "good", title: "Good", doc: "Fine." });`);
const TRIED = module(
  "tried",
  `export const provider = define({ id: "tried", title: "Tried", doc: "", connectionTypes: [
    ${trial("redis", "return 'not the real one';")},
    ${trial("talks", "return JSON.stringify([process.pid, process.argv, process.env.SEEN, process.env.HIDDEN ?? null, connection.password.reveal(), connection.extra.api_key]);")},
    ${trial("lists", "return [...process.argv, ...Object.values(process.env)].join();")},
    ${trial("fetches", "return await (await tools.fetch(connection.host)).text();")},
    ${trial("asks", "await tools.admit(connection.host); return 'may';")},
    ${trial("hangs", "(await import('node:fs')).writeFileSync(connection.host, String(process.pid)); while (true);")},
    ${trial("waits", "await new Promise((_, reject) => tools.signal.addEventListener('abort', () => reject(new Error('let go'))));")},
    ${trial("throws", "setTimeout(() => { throw new Error('in a timer, ' + connection.password.reveal()); }); await new Promise(() => {});")},
    ${trial("exits", "process.exit(3);")},
  ] });`,
);

describe("providers are read", () => {
  let found: ReadonlyMap<string, ReadProvider>;
  const entries = [
    GOOD,
    module("throws", `throw new Error("no library here");`),
    module("bare", `export const provider = { id: "bare" };`),
    module("exits", `process.exit(7);`),
    module("leaves", `process.exit(0);`),
    module("late", `setTimeout(() => { throw new Error("late"); });\nawait new Promise(() => {});`),
    module("unknown", `import "nothing-of-this-name";`),
    TRIED,
  ];
  beforeAll(async () => {
    found = await readProviders(entries, environment);
  });

  test("each for itself: what one throws or ends is told of it alone", () => {
    const told = entries.map((entry) => found.get(entry));
    expect(told.map((each) => (each?.ok === true ? each.provider.id : each?.message))).toEqual([
      "good",
      "no library here",
      expect.stringContaining("exports no `provider`"),
      "its process was ended with exit code 7",
      "importing it ends the process",
      "late",
      expect.stringContaining("nothing-of-this-name"),
      "tried",
    ]);
  });

  test("not in this process", () => {
    expect(found.get(GOOD)).toEqual({
      ok: true,
      provider: { id: "good", title: "Good", doc: "Fine.", connectionTypes: [], operators: [], parts: [] },
    });
  });
});

describe("types that providers bring", () => {
  const SECRET = "hunter2hunter2";
  const at = (type: string, host: string): Connection => ({
    id: "it",
    type,
    host,
    password: new Secret(SECRET),
    extra: { api_key: "0123456789abcdef" },
  });
  const make = async (network: NetworkRules, limitMs = 60_000): Promise<ConnectionTypes> => {
    const read = (await readProviders([TRIED], environment)).get(TRIED);
    if (read?.ok !== true) throw new Error(read?.message);
    const standard = createConnectionTypes(STANDARD_CONNECTION_TYPES, createNetwork(network));
    const providers = () => Promise.resolve([{ entry: TRIED, provider: read.provider }]);
    return withProviderTypes(standard, { ...environment, network, limitMs, providers });
  };
  const OPEN: NetworkRules = { privateAddresses: "allow", allowedHosts: [] };
  const CLOSED: NetworkRules = { privateAddresses: "deny", allowedHosts: [] };
  let types: ConnectionTypes;
  let closed: ConnectionTypes;
  beforeAll(async () => {
    types = await make(OPEN);
    closed = await make(CLOSED);
  });

  test("stand among the others by label, are found by alias, and take no name from them", async () => {
    const listed = await types.list();
    expect(listed.map(({ label }) => label)).toEqual(listed.map(({ label }) => label).toSorted());
    expect(listed.filter(({ type }) => type === "redis").map(({ label }) => label)).toEqual(["Redis"]);
    expect(await types.find("talks2")).toMatchObject({ type: "talks", canTest: true });
    expect(await types.find("nobody_brings_it")).toBeUndefined();
  });

  test("are tried in a process of their own, and what they say has no secrets in it", async () => {
    const { ok, message } = await types.test(at("talks2", "x"));
    expect(ok).toBe(true);
    const [pid, , seen, hidden, ...secrets] = JSON.parse(message) as readonly unknown[];
    expect([seen, hidden, ...secrets]).toEqual(["yes", null, "***", "***"]);
    expect(pid).not.toBe(process.pid);
    // Masked they would be `***`.
    expect((await types.test(at("lists", "x"))).message).not.toContain("***");
    expect(await types.test(at("throws", "x"))).toEqual({ ok: false, message: "in a timer, ***" });
    expect(await types.test(at("exits", "x"))).toEqual({
      ok: false,
      message: "its process was ended with exit code 3",
    });
  });

  test("reach only what the network rules allow", async () => {
    const server = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      expect(await types.test(at("fetches", url))).toEqual({ ok: true, message: "hello" });
      expect(await types.test(at("asks", "127.0.0.1"))).toEqual({ ok: true, message: "may" });
      for (const each of [at("fetches", url), at("asks", "127.0.0.1")])
        expect(await closed.test(each)).toMatchObject({
          ok: false,
          message: expect.stringMatching(/privateAddresses denies it/) as string,
        });
    } finally {
      server.close();
    }
  });

  test("are let go of at the limit, and killed where they do not let go", async () => {
    const quick = await make(OPEN, 200);
    const file = join(folder, "pid");
    const late = { ok: false, message: expect.stringMatching(/did not answer within/) as string };
    expect(await quick.test(at("waits", "x"))).toMatchObject(late);
    expect(await quick.test(at("hangs", file))).toMatchObject(late);
    const pid = Number(readFileSync(file, "utf8"));
    await expect
      .poll(() => existsSync(`/proc/${pid}`) || process.platform !== "linux")
      .toBe(process.platform !== "linux");
  });

  test("end when nobody waits for them any more", async () => {
    const gone = new AbortController();
    const file = join(folder, "gone");
    const trialing = types.test(at("hangs", file), gone.signal);
    await expect.poll(() => existsSync(file)).toBe(true);
    gone.abort(new Error("gone"));
    expect(await trialing).toEqual({ ok: false, message: "gone" });
  });

  test("are tried by their address where nobody brings them", async () => {
    expect(await types.test(at("nobody_brings_it", "x"))).toMatchObject({
      ok: false,
      message: expect.stringMatching(/no port to try/) as string,
    });
  });
});
