import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../../packages/millrace/src/cli/program.ts";
import type { Terminal } from "../../packages/millrace/src/cli/terminal.ts";
import { startServer, type ServerHarness } from "../harness/server-harness.ts";

const DAGS = `
import { asset, cron, dag, param } from "millrace";
export const there = asset("s3://there");
export const shop = dag("shop", { params: { size: param(2) }, tags: ["sales"] }, ({ task, map }) => {
  const rows = task("rows", (_, { params, log }) => {
    log.info("reading rows");
    return Array.from({ length: params.size }, (_, i) => i);
  });
  map("twice", { each: { row: rows } }, ({ row }) => row * 2);
});
export const daily = dag("daily", { schedule: cron("0 4 * * *"), start: "2025-01-01", pausedUponCreation: true }, ({ task }) => {
  task("only", { outlets: [there] }, () => 1);
});
`;

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let server: ServerHarness;
let folder = "";
let url = "";
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  url = await listen(server);
  // No project: everything comes from the server.
  folder = await mkdtemp(join(tmpdir(), "millrace-nowhere-"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function listen({ app }: ServerHarness): Promise<string> {
  await app.listen({ host: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** Runs a command as the real command line does, in this process. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = { MILLRACE_SERVER: url },
): Promise<Said> {
  let out = "";
  let err = "";
  const paint = pc.createColors(false);
  const terminal: Partial<Terminal> = {
    cwd: folder,
    env,
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
    onStopSignal: () => () => undefined,
    onKey: () => () => undefined,
  };
  const code = await runProgram(terminal as Terminal, args);
  return { code, out, err };
}

/** Runs a command that goes well, and reads the JSON that it prints. */
async function json(...args: readonly string[]): Promise<unknown> {
  const said = await run([...args, "--json"]);
  expect(said, said.err).toMatchObject({ code: 0 });
  return JSON.parse(said.out);
}

describe("the command line works through a server", () => {
  test("DAGs: list, show, details, pause, next runs, why, report", async () => {
    expect(await json("dags", "list")).toMatchObject([{ dag_id: "daily" }, { dag_id: "shop" }]);
    expect((await run(["dags", "show", "shop"])).out).toContain("twice");
    expect(await json("dags", "details", "shop")).toBeDefined();
    expect(await json("tasks", "list", "shop")).toBeDefined();
    expect((await run(["dags", "unpause", "daily"])).code).toBe(0);
    expect((await server.ports.queries.findDag("daily"))?.paused).toBe(false);
    expect((await run(["dags", "pause", "daily"])).code).toBe(0);
    expect(await json("dags", "next-execution", "daily", "-n", "2")).toHaveLength(2);
    expect((await run(["dags", "why", "daily"])).out).toContain("paused");
    expect(await json("dags", "list-import-errors")).toEqual([]);
    const unknown = await run(["dags", "details", "shpo"]);
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.err).toMatch(/there is no DAG "shpo"[\s\S]*shop/);
  });

  test("runs: trigger and wait, list, show, states, logs, why, diff, clear", async () => {
    const waited = await run(["dags", "trigger", "shop", "--conf", '{"size":3}', "--run-id", "first", "--wait"]);
    expect(waited, waited.err).toMatchObject({ code: 0 });
    expect(await json("dags", "list-runs", "shop")).toMatchObject([{ run_id: "first", state: "success" }]);
    expect((await run(["dags", "state", "shop", "first"])).out).toContain("success");
    expect(await json("tasks", "states-for-dag-run", "shop", "first")).toHaveLength(4);
    expect((await run(["tasks", "state", "shop", "rows", "first"])).out).toContain("success");
    expect((await run(["tasks", "logs", "shop", "rows", "latest"])).out).toContain("reading rows");
    expect((await run(["tasks", "why", "shop", "rows", "first"])).code).toBe(0);
    expect((await run(["runs", "show", "shop/first"])).out).toContain("first");
    const dry = await run(["tasks", "clear", "shop", "-t", "rows", "--run", "first", "--dry-run"]);
    expect(dry.err).toContain("1 task instance in 1 run of shop would be cleared");
    const cleared = await run(["tasks", "clear", "shop", "-t", "twice", "--run", "first", "--yes"]);
    expect(cleared, cleared.err).toMatchObject({ code: 0 });
    const runId = (await server.ports.queries.findRun("shop", "first"))?.runId as number;
    await server.engine.ended(runId);
    expect((await server.ports.queries.listTries({ runId, taskId: "twice", mapIndex: 0 })).length).toBe(2);
    const taken = await run(["dags", "trigger", "shop", "--run-id", "first"]);
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining("CONFLICT") as string });
  });

  test("backfills, assets, jobs", async () => {
    const range = ["--from-date", "2025-02-01", "--to-date", "2025-02-03"];
    expect((await run(["backfill", "create", "daily", ...range, "--dry-run"])).err).toContain("2 runs would be made");
    expect(await json("backfill", "create", "daily", ...range)).toMatchObject([{ dag_id: "daily" }]);
    expect(await json("backfill", "list")).toMatchObject([{ dag_id: "daily" }]);
    expect((await run(["assets", "update", "s3://there"])).code).toBe(0);
    expect(JSON.stringify(await json("assets", "events", "s3://there"))).toContain("s3://there");
    expect(await json("jobs", "list")).toMatchObject([{ state: "running" }]);
  });

  test("pools, variables, connections: what is secret stays there", async () => {
    expect((await run(["pools", "set", "small", "3", "a pool"])).code).toBe(0);
    expect(await json("pools", "get", "small")).toMatchObject([{ slots: 3 }]);
    expect((await run(["pools", "delete", "small"])).code).toBe(0);
    expect((await run(["variables", "set", "colour", "blue"])).code).toBe(0);
    expect((await run(["variables", "get", "colour"])).out).toContain("blue");
    expect(await json("variables", "list")).toMatchObject([{ key: "colour" }]);
    expect(await json("connections", "list")).toEqual([]);
  });
});

describe("what cannot be sent to a server says so", () => {
  test("commands of this machine refuse --server and do not hear MILLRACE_SERVER", async () => {
    for (const args of [["start"], ["db", "reset"], ["dags", "test", "shop"], ["scheduler"]]) {
      const said = await run([...args, "--server", url], {});
      expect(said, args.join(" ")).toMatchObject({
        code: 2,
        err: expect.stringContaining("this machine alone") as string,
      });
    }
    expect((await run(["db", "check"])).err).toContain("no Millrace project");
  });

  test("a server that is not there, a URL that is none, a caller that nobody knows", async () => {
    const gone = await run(["dags", "list", "--server", "http://127.0.0.1:1"], {});
    expect(gone).toMatchObject({ code: 3, err: expect.stringContaining("NO_SERVER") as string });
    expect((await run(["dags", "list", "--server", "here"], {})).code).toBe(2);
    await using closed = await startServer({ authenticates: true });
    const refused = await run(["dags", "list", "--server", await listen(closed), "--token", "mlr_nothing"], {});
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("NOT_LOGGED_IN") as string });
    expect(refused.err).not.toContain("mlr_nothing");
  });
});
