// The whole table of commands: each works with --server, or refuses it and says why.
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashPassword, mintToken } from "@millrace/server/access";
import pc from "picocolors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandTree } from "../../packages/millrace/src/cli/command-tree.ts";
import { makeProgram, runProgram } from "../../packages/millrace/src/cli/program.ts";
import { LOCAL_ONLY, whyLocalOnly } from "../../packages/millrace/src/cli/remote/local-only.ts";
import type { Terminal } from "../../packages/millrace/src/cli/terminal.ts";
import { startServer, type ServerHarness } from "../harness/server-harness.ts";

const DAGS = `
import { asset, bash, cron, dag, githubSignature, param, variable, webhook } from "millrace";
const there = asset("s3://there");
export const shop = dag("shop", {
  params: { size: param(2) },
  webhooks: [webhook("orders", { signature: githubSignature({ secret: variable("hook_secret") }) })],
}, ({ task }) => {
  task("rows", () => 1);
  task("print", bash({ command: "echo {{ params.size }}" }));
});
export const daily = dag("daily", { schedule: cron("0 4 * * *"), start: "2025-01-01", pausedUponCreation: true }, ({ task }) => {
  task("only", { outlets: [there] }, () => 1);
});
`;
const OLD = `import { dag } from "millrace"; export const old = dag("old", ({ task }) => { task("a", () => 1); });`;
const HOOK_SECRET = "It's a Secret to Everybody";
const BODY = '{"order": 7}';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let server: ServerHarness;
let redis: Server;
let url = "";
let token = "";
let folder = "";
let deliveryId = "";
let requests = 0;

beforeAll(async () => {
  server = await startServer({ authenticates: true, settings: { testConnection: true } });
  await server.engine.deploy(DAGS, OLD);
  // A DAG is deleted when its file is gone.
  await server.engine.deploy(DAGS);
  const { accounts, logins, queries } = server.ports;
  const admin = { username: "root", email: "root@example.com", firstName: "R", lastName: "O", roles: ["Admin"] };
  const { userId } = await accounts.createUser({ ...admin, passwordHash: await hashPassword("pass-of-root") });
  const minted = mintToken();
  token = minted.token;
  await logins.createToken({ userId, name: "cli", hash: minted.hash, hint: minted.hint });
  await queries.setVariable({ key: "hook_secret", value: HOOK_SECRET, secret: true });
  server.app.server.on("request", () => (requests += 1));
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  const signature = `sha256=${createHmac("sha256", HOOK_SECRET).update(BODY).digest("hex")}`;
  const delivered = await server.request("POST", "/webhooks/orders", {
    body: BODY,
    headers: { "x-hub-signature-256": signature },
  });
  deliveryId = (delivered.json as { deliveryId: string }).deliveryId;
  redis = createServer((socket) => socket.on("data", () => socket.write("+PONG\r\n")));
  await new Promise<void>((resolve) => redis.listen(0, "127.0.0.1", resolve));
  // No project: everything comes from the server.
  folder = await mkdtemp(join(tmpdir(), "millrace-nowhere-"));
});
afterAll(async () => {
  redis.close();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command as the real command line does, in this process. */
async function run(args: readonly string[], input = ""): Promise<Said> {
  let [out, err] = ["", ""];
  const paint = pc.createColors(false);
  const terminal: Partial<Terminal> = {
    cwd: folder,
    env: { MILLRACE_TOKEN: token },
    user: "ada",
    program: "millrace",
    isInteractive: false,
    paint,
    paintTalk: paint,
    columns: 200,
    screen: undefined,
    print: (line: string) => void (out += `${line}\n`),
    say: (line: string) => void (err += `${line}\n`),
    status: () => undefined,
    readInput: () => Promise.resolve(input),
    onStopSignal: () => () => undefined,
    onKey: () => () => undefined,
  };
  const code = await runProgram(terminal as Terminal, args);
  return { code, out, err };
}

const done = new Set<string>();

/** Runs a command line with --server, which asks the server and goes well. @returns what it says */
async function remotely(line: string, input?: string): Promise<Said> {
  const words = line.split(" ");
  const before = requests;
  const said = await run([...words, "--server", url], input);
  expect(said, `${line}\n${said.err}`).toMatchObject({ code: 0 });
  expect(requests, line).toBeGreaterThan(before);
  const path = leaves.find(({ path: each }) => each.every((word, at) => words[at] === word));
  done.add(path?.path.join(" ") ?? "");
  return said;
}

const terminal = { env: {}, user: "ada", program: "millrace" } as unknown as Terminal;
const leaves = commandTree(makeProgram({ terminal, outcome: { exitCode: 0 } })).filter(
  ({ command }) => command.commands.length === 0,
);

test("commands of this machine refuse --server and say why", async () => {
  const used = new Set<string>();
  for (const { command, path } of leaves) {
    const name = path.join(" ");
    const why = whyLocalOnly(name);
    if (why === undefined) continue;
    used.add(Object.keys(LOCAL_ONLY).find((each) => name === each || name.startsWith(`${each} `)) ?? "");
    const given = command.registeredArguments.filter(({ required }) => required);
    const options = command.options.filter(({ mandatory }) => mandatory).flatMap(({ long = "" }) => [long, "x"]);
    const args = [...path, ...given.map(({ argChoices }) => argChoices?.[0] ?? "x"), ...options, "--server", url];
    const said = await run(args);
    expect(said, name).toMatchObject({ code: 2, out: "" });
    expect(said.err).toContain(`\`${name}\` works on this machine alone and takes no --server: ${why}`);
  }
  expect([...used].sort()).toEqual(Object.keys(LOCAL_ONLY).sort());
  expect(requests).toBe(0);
});

test("users, roles and tokens are managed through a server", async () => {
  await remotely("roles create Team Other");
  await remotely("roles add-perms Team -r Pools DAGs -a can_read can_edit");
  await remotely("roles del-perms Team -r Pools -a can_edit");
  const { out } = await remotely("roles list --permission --json");
  const ofTeam = (JSON.parse(out) as { name: string }[]).filter(({ name }) => name === "Team");
  expect(ofTeam).toEqual([
    { name: "Team", resource: "DAGs", action: "can_edit,can_read" },
    { name: "Team", resource: "Pools", action: "can_read" },
  ]);
  await remotely("roles export roles.json");
  await remotely("roles delete Team Other");
  await remotely("roles import roles.json");
  expect((await server.ports.accounts.findRole("Team"))?.permissions).toHaveLength(3);

  await remotely("users create -u ada -e ada@example.com -f Ada -l L -r Viewer -p -", "pass-of-ada\n");
  await remotely("users add-role -e ada@example.com -r Team");
  await remotely("users remove-role -u ADA -r Viewer");
  const listed = await remotely("users list --json");
  expect(JSON.parse(listed.out)).toMatchObject([
    { username: "ada", first_name: "Ada", roles: ["Team"], active: true, origin: "local" },
    { username: "root", roles: ["Admin"] },
  ]);
  await remotely("users export users.json");
  await remotely("users import users.json");

  const made = await remotely("tokens create -u ada -n laptop --expires-in 90d -p -", "pass-of-ada\n");
  const asAda = async (): Promise<number> =>
    (await run(["pools", "list", "--server", url, "--token", made.out.trim()])).code;
  expect(await asAda()).toBe(0);
  const inPerson = await run(["tokens", "create", "-u", "root", "-n", "more", "--server", url]);
  expect(inPerson).toMatchObject({ code: 2, err: expect.stringContaining("in person") as string });

  await remotely("users update -u ada --inactive");
  expect(await asAda()).toBe(1);
  await remotely("users update -u ada --active");
  expect(await asAda()).toBe(0);
  const last = await run(["users", "update", "-u", "root", "--inactive", "--server", url]);
  expect(last).toMatchObject({ code: 1, err: expect.stringContaining("CONFLICT") as string });

  const tokens = JSON.parse((await remotely("tokens list -u ada --json")).out) as { token_id: number }[];
  await remotely(`tokens revoke ${tokens[0].token_id}`);
  expect(await asAda()).toBe(1);
  const reset = await remotely("users reset-password -u ada --use-random-password");
  expect(reset.out.trim()).toMatch(/^\w{20}$/);
  expect(await server.ports.accounts.findUser("ada")).toMatchObject({ mustChangePassword: true });
  await remotely("users delete -u ada");
  const near = await run(["users", "delete", "-u", "rot", "--server", url]);
  expect(near).toMatchObject({ code: 1, err: expect.stringContaining("Did you mean root?") as string });
});

test("webhooks are shown, and deliveries made once more, through a server", async () => {
  expect(JSON.parse((await remotely("webhooks list --json")).out)).toMatchObject([
    { webhook: "orders", dag_id: "shop", signature: "github", is_paused: false },
  ]);
  expect(JSON.parse((await remotely("webhooks deliveries orders --json")).out)).toMatchObject([
    { delivery_id: deliveryId, status: "accepted" },
  ]);
  const replayed = JSON.parse((await remotely(`webhooks replay orders ${deliveryId} --json`)).out) as {
    readonly run_id: string;
  };
  expect(await server.ports.queries.findRun("shop", replayed.run_id)).toMatchObject({ triggeredBy: "token:root/cli" });
  expect((await remotely(`webhooks show orders ${deliveryId}`)).out).toContain('{"order": 7}');
});

test("connections are shown, tried and exported through a server, without what is secret", async () => {
  const { port } = redis.address() as AddressInfo;
  const uri = `redis://:hunter2hunter2@127.0.0.1:${port}/?api_key=k3y`;
  await remotely("connections add cache --conn-uri -", uri);
  const shown = await remotely("connections get cache --json");
  expect(JSON.parse(shown.out)).toMatchObject([
    { conn_id: "cache", host: "127.0.0.1", port, password: "***", extra: { api_key: "***" }, source: "database" },
  ]);
  expect((await remotely("connections test cache")).out).toContain("PING");
  const exported = await remotely("connections export connections.json");
  expect(exported.err).toContain("A server shows no secrets");
  const text = await readFile(join(folder, "connections.json"), "utf8");
  expect(JSON.parse(text)).toMatchObject({ cache: { conn_type: "redis", host: "127.0.0.1" } });
  expect([shown.out, text].join()).not.toMatch(/hunter2|k3y/);
  // What was left out stays as it was.
  await remotely("connections import connections.json --overwrite");
  const kept = await server.ports.queries.findConnection("cache");
  expect(kept).toContain("hunter2hunter2");
  expect(kept).toContain("k3y");
  await remotely("connections list");
  expect((await remotely("connections types redis")).out).toContain("password");
  await remotely("connections delete cache");
  const gone = await run(["connections", "get", "cache", "--server", url]);
  expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('no connection "cache"') as string });
});

test("all other commands work through a server as well, and none is left out of this table", async () => {
  await writeFile(join(folder, "pools.json"), '{"heavy": {"slots": 4, "description": ""}}');
  await writeFile(join(folder, "variables.json"), '{"region": "eu"}');
  for (const line of LINES) await remotely(line);
  const expected = leaves.map(({ path }) => path.join(" ")).filter((each) => whyLocalOnly(each) === undefined);
  expect([...done].sort()).toEqual(expected.sort());
});

const LINES = [
  ...["dags list", "dags details shop", "dags show shop", "dags show-dependencies", "dags report", "dags list-jobs"],
  ...[
    "dags unpause daily",
    "dags pause daily",
    "dags next-execution daily",
    "dags why shop",
    "dags list-import-errors",
  ],
  "dags trigger shop --run-id first --wait",
  ...["job list", "job launch -j shop", "job execute -j shop"],
  ...["dags list-runs shop", "dags state shop first", "runs list shop", "runs show shop/first"],
  "runs diff -d shop latest~1 latest",
  ...["tasks list shop", "tasks state shop rows first", "tasks why shop rows first", "tasks logs shop rows first"],
  ...["tasks render shop print first", "tasks states-for-dag-run shop first"],
  "tasks clear shop -t rows --run first --yes",
  "backfill create daily --from-date 2025-02-01 --to-date 2025-02-03",
  ...["backfill list", "backfill show 1", "backfill pause 1", "backfill unpause 1", "backfill cancel 1"],
  ...["assets list", "assets get s3://there", "assets update s3://there", "assets events s3://there"],
  "assets materialize s3://there",
  ...["pools set small 3 small", "pools import pools.json", "pools list", "pools get heavy", "pools export out.json"],
  "pools delete small",
  ...["variables set colour blue", "variables import variables.json", "variables list", "variables get region"],
  ...["variables export out.json", "variables delete colour"],
  ...["providers list", "providers get standard", "jobs list", "jobs check"],
  "dags delete old --yes",
];
