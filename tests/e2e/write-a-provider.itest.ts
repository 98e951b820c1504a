// The provider of docs/how-to/write-a-provider.md, built, installed as a package, and used against a server that speaks the protocol.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Ended } from "../harness/cli-project.ts";
import { pageBlocks } from "../harness/page-blocks.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SOURCE = join(ROOT, "examples/provider-consul");
const TOKEN = "b1gs3cr3t-b1gs3cr3t";
const keys = new Map<string, string>();
let broken = 0;
let consul: Server;
let project: CliProject;
let blocks: ReturnType<typeof pageBlocks>;

beforeAll(async () => {
  blocks = pageBlocks(await readFile(join(ROOT, "docs/how-to/write-a-provider.md"), "utf8"));
  consul = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => consul.listen(0, "127.0.0.1", ready));
  project = await cliProject({ "millrace.json": "{}", "dags/flags.dag.ts": textOf("flags.dag.ts") });
  await installAlone(project.folder);
});

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  consul?.close();
});

function textOf(file: string): string {
  return `${blocks.find(({ attributes }) => attributes["file"] === file)?.lines.join("\n")}\n`;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "", "http://x").pathname;
  let body = "";
  for await (const chunk of request) body += String(chunk);
  if (request.headers["x-consul-token"] !== TOKEN) return void response.writeHead(403).end();
  if (path === "/v1/acl/token/self") return void response.end('{"Description":"of the tests"}');
  if (broken > 0) {
    broken -= 1;
    return void response.writeHead(500).end();
  }
  if (request.method === "PUT") {
    keys.set(path, body);
    return void response.end("true");
  }
  const value = keys.get(path);
  response.writeHead(value === undefined ? 404 : 200).end(value);
}

/** As `npm install` would: the compiled package and what it stands beside, in a folder of the project's own. */
async function installAlone(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  await rm(modules);
  await mkdir(join(modules, "@millrace"), { recursive: true });
  for (const name of ["millrace", "@millrace/core"])
    await symlink(join(ROOT, "node_modules", name), join(modules, name));
  const built = await mkdtemp(join(tmpdir(), "millrace-provider-"));
  try {
    await cp(SOURCE, built, { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(built, "node_modules"));
    // The compiler of the repository checks its types: here it only compiles, since core is not compiled beside it.
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [
      tsc,
      "-p",
      built,
      "--noCheck",
      "--noResolve",
      "--declaration",
      "false",
    ]);
    for (const name of ["package.json", "dist"])
      await cp(join(built, name), join(modules, "millrace-provider-consul", name), { recursive: true });
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/** Runs a command to which the connection stands in the environment, with a token. */
async function withToken(token: string, ...args: readonly string[]): Promise<Ended> {
  const { port } = consul.address() as AddressInfo;
  return await project.launch(args, { MILLRACE_CONN_CONSUL_DEFAULT: `consul://:${token}@127.0.0.1:${port}` }).ended;
}

test("the guide shows the files as they are, and all of them", async () => {
  const files = globSync("{*.json,src/*.ts}", { cwd: SOURCE }).sort();
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) expect(textOf(file), file).toBe(await readFile(join(SOURCE, file), "utf8"));
});

test("the package is found, and says what it brings", async () => {
  const listed = await project.run("providers", "list", "-o", "json");
  const rows = JSON.parse(listed.out) as readonly { readonly provider: string }[];
  expect(rows.map(({ provider }) => provider)).toEqual(["standard", "consul"]);
  expect(rows[1]).toEqual({
    provider: "consul",
    package_name: "millrace-provider-consul",
    version: "1.0.0",
    connection_types: ["consul"],
    operators: 2,
    description: "Consul: the key-value store as tasks, a sensor and a notifier.",
  });
  const shown = await project.run("providers", "get", "consul");
  for (const words of [
    /connection type consul \(Consul\)/,
    /password .*ACL token/,
    /task consulPut: Sets a key/,
    /sensor waitForKey/,
    /hook openConsul/,
    /notifier consulNotifier/,
  ])
    expect(shown.out).toMatch(words);
  expect(
    JSON.parse((await project.run("providers", "get", "millrace-provider-consul", "-o", "json")).out),
  ).toMatchObject({
    provider: "consul",
    operators: [
      { name: "consulPut", options: [{ option: "connection" }, { option: "key", needed: true, template: true }, {}] },
      {},
    ],
  });
  const near = await project.run("providers", "get", "consol");
  expect([near.code, near.err]).toEqual([1, expect.stringMatching(/Did you mean consul/)]);
  expect((await project.run("providers", "hooks")).err).toMatch(/millrace providers get/);
});

test("a connection is checked by its form, and tried by its trial", async () => {
  const wrong = await project.run("connections", "add", "bad", "--conn-type", "consul", "--conn-login", "x");
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/it needs host/)]);
  const fine = await withToken(TOKEN, "connections", "test", "consul_default");
  expect([fine.out, fine.code]).toEqual(["Consul at 127.0.0.1 knows the token of the tests\n", 0]);
  const refused = await withToken("an-unknown-token", "connections", "test", "consul_default");
  expect([refused.code, refused.err]).toEqual([3, expect.stringMatching(/Consul refuses the token \(403\)/)]);
  expect(refused.err).not.toContain("an-unknown-token");
});

test("its DAG runs, through an outage that passes; what another try cannot change fails at once, and is told", async () => {
  keys.set("/v1/kv/shop/open", "yes");
  broken = 1;
  const ran = await withToken(TOKEN, "dags", "test", "flags", "-c", '{"region": "us"}');
  expect([ran.code, ran.err]).toEqual([0, expect.anything()]);
  expect(keys.get("/v1/kv/flags/us")).toBe("on");
  const failed = await withToken("an-unknown-token", "dags", "test", "flags", "--logs");
  expect(failed.code).toBe(1);
  expect(failed.out + failed.err).toMatch(/Consul refuses the token \(403\)/);
});
