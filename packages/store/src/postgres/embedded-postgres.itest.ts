import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { constants } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { MillraceError } from "@millrace/core";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { connectEmbedded } from "./connect-embedded.ts";
import { EMBEDDED_NAME } from "./create-cluster.ts";
import { findProcess } from "./process-identity.ts";
import { askServer, embeddedUrl, stopServer } from "./server-process.ts";
import { startEmbeddedPostgres } from "./start-embedded-postgres.ts";

const OWNER = `
  const { startEmbeddedPostgres } = await import(process.argv[1]);
  const server = await startEmbeddedPostgres({ folder: process.argv[2] });
  console.log(server.pid);
  process.stdin.resume();
`;
const START_MODULE = pathToFileURL(join(import.meta.dirname, "start-embedded-postgres.ts")).href;

/** A new database, made once: most tests are not about making it. */
let seed: string;
let folder: string;
let ended: (() => Promise<unknown>)[];

beforeAll(async () => {
  seed = await mkdtemp(join(tmpdir(), "mr-seed-"));
  const server = await startEmbeddedPostgres({ folder: seed });
  await server.stop();
});

afterAll(() => rm(seed, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mr-embedded-"));
  await cp(join(seed, "cluster"), join(folder, "cluster"), { recursive: true, mode: constants.COPYFILE_FICLONE });
  ended = [];
});

afterEach(async () => {
  for (const end of ended.reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

async function start(at = folder, log: string[] = []): Promise<Awaited<ReturnType<typeof startEmbeddedPostgres>>> {
  const server = await startEmbeddedPostgres({ folder: at, log: (line) => log.push(line) });
  ended.push(() => server.stop());
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A Millrace in a process of its own, to be killed. */
async function startOwner(asUser?: { uid: number; gid: number }): Promise<{ child: ChildProcess; serverPid: number }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", OWNER, START_MODULE, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    ...asUser,
  });
  ended.push(() => killed(child));
  for await (const line of createInterface({ input: child.stdout })) {
    const serverPid = Number(line);
    const identity = await findProcess(serverPid);
    // What the killed owner leaves running; by its identity, because the pid may be another's by then.
    if (identity !== undefined) ended.unshift(() => stopServer({ identity, socketFolder: "" }));
    return { child, serverPid };
  }
  throw new Error("the owner ended without starting a server");
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}

async function gone(pid: number): Promise<void> {
  while ((await findProcess(pid)) !== undefined) await sleep(5);
}

const failureOf = async (work: Promise<unknown>): Promise<MillraceError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof MillraceError) return error;
  throw new Error(`expected a MillraceError, got ${String(error)}`);
};

test("the first start makes a durable UTF-8 database, a stop ends the server, and the next start finds the data", async () => {
  await rm(join(folder, "cluster"), { recursive: true });
  const first = await start();
  await query(first.url, "create table kept as select 'ÄÖÜ'::text as word");
  expect(
    await query(
      first.url,
      "select current_setting('fsync') as fsync, current_setting('listen_addresses') as tcp, lower(word) as word from kept",
    ),
  ).toEqual([{ fsync: "on", tcp: "", word: "äöü" }]);
  await first.stop();
  await first.stop();
  expect(await findProcess(first.pid)).toBeUndefined();
  const second = await start();
  expect(await query(second.url, "select word from kept")).toEqual([{ word: "ÄÖÜ" }]);
});

test("several that miss the database at once make it once, and all have it", async () => {
  const { url } = await start();
  const socketFolder = new URLSearchParams(url.split("?")[1]).get("host") ?? "";
  for (let round = 0; round < 5; round++) {
    await query(embeddedUrl(socketFolder, "postgres"), `drop database ${EMBEDDED_NAME} with (force)`);
    const answers = await Promise.all(Array.from({ length: 6 }, () => askServer(socketFolder)));
    expect(new Set(answers)).toEqual(new Set(["ready"]));
  }
});

test("nobody else may enter the folder", async () => {
  await start();
  for (const part of ["", "run", "cluster"]) expect((await stat(join(folder, part))).mode & 0o777).toBe(0o700);
});

test("a second start in the folder is refused with who has it and what to do", async () => {
  const { child } = await startOwner();
  const error = await failureOf(startEmbeddedPostgres({ folder }));
  expect(error.code).toBe("DATA_FOLDER_IN_USE");
  expect(error.message).toMatch(
    new RegExp(`process ${String(child.pid)}, since \\d{4}-\\d\\d-\\d\\dT.*Stop that one first`),
  );
  const own = await failureOf(startEmbeddedPostgres({ folder }));
  expect(own.code).toBe("DATA_FOLDER_IN_USE");
});

test("after kill -9 of the owner its server goes on, and the next owner takes it over and stops it", async () => {
  const { child, serverPid } = await startOwner();
  await killed(child);
  expect(await findProcess(serverPid)).toBeDefined();
  const log: string[] = [];
  const heir = await start(folder, log);
  expect(heir.pid).toBe(serverPid);
  expect(log.join()).toContain("already runs");
  await heir.stop();
  expect(await findProcess(serverPid)).toBeUndefined();
});

test("Ctrl-C in the terminal of the owner does not reach the server", async () => {
  const { serverPid } = await startOwner();
  expect(await groupOf(serverPid)).toBe(String(serverPid));
});

async function groupOf(pid: number): Promise<string | undefined> {
  return (await promisify(execFile)("ps", ["-o", "pgid=", "-p", String(pid)])).stdout.trim();
}

test("a server that is killed -9 is started again while owned, with what was committed", async () => {
  const server = await start();
  await query(server.url, "create table kept as select 1 as n");
  const before = server.pid;
  process.kill(before, "SIGKILL");
  while (server.pid === before) await sleep(10);
  expect(await query(server.url, "select n from kept")).toEqual([{ n: 1 }]);
});

test("when owner and server are both killed -9 the next start recovers what was committed", async () => {
  const { child, serverPid } = await startOwner();
  await query((await connectUrl()).url, "create table kept as select 1 as n");
  await killed(child);
  process.kill(serverPid, "SIGKILL");
  await gone(serverPid);
  const server = await start();
  expect(await query(server.url, "select n from kept")).toEqual([{ n: 1 }]);
});

async function connectUrl(): ReturnType<typeof connectEmbedded> {
  const connection = await connectEmbedded({ folder });
  ended.push(() => connection.close());
  return connection;
}

test("a pid file left by a dead server does not stand in the way when another program has the pid", async () => {
  const server = await start();
  await server.stop();
  await writeFile(
    join(folder, "cluster", "postmaster.pid"),
    `${String(process.ppid)}\n${join(folder, "cluster")}\n1\n5432\n${join(folder, "run")}\n\n`,
  );
  await start();
});

test("a user entry of a dead process, or of another process with its pid, does not keep the folder", async () => {
  const server = await start();
  const me = await findProcess(process.pid);
  await server.stop();
  await writeFile(
    join(folder, "users", "old.json"),
    JSON.stringify({ role: "main", identity: { ...me, started: "1" } }),
  );
  await start();
});

test("a cluster that was half made by a killed first start is made anew", async () => {
  await rm(join(folder, "cluster"), { recursive: true });
  await mkdir(join(folder, "cluster-draft-1", "base"), { recursive: true });
  await writeFile(join(folder, "cluster-draft-1", "PG_VERSION"), "18\n");
  const server = await start();
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  expect((await readdir(folder)).filter((name) => name.startsWith("cluster"))).toEqual(["cluster"]);
});

test("a folder that is no cluster is never deleted, but refused", async () => {
  await rm(join(folder, "cluster"), { recursive: true });
  await mkdir(join(folder, "cluster"), { recursive: true });
  await writeFile(join(folder, "cluster", "precious"), "x");
  const error = await failureOf(startEmbeddedPostgres({ folder }));
  expect(error.message).toContain("no PostgreSQL cluster");
  expect(await readdir(join(folder, "cluster"))).toEqual(["precious"]);
});

test("a cluster of another major version is refused with both versions", async () => {
  const server = await start();
  await server.stop();
  await writeFile(join(folder, "cluster", "PG_VERSION"), "13\n");
  const error = await failureOf(startEmbeddedPostgres({ folder }));
  expect(error.message).toMatch(/made by PostgreSQL 13, which is not here/);
});

test("a server that cannot start says what its log says", async () => {
  const server = await start();
  await server.stop();
  await rename(join(folder, "cluster", "global"), join(folder, "global"));
  const error = await failureOf(startEmbeddedPostgres({ folder }));
  expect(error.code).toBe("NO_DATABASE");
  expect(error.message).toContain("global/pg_control");
});

test("a path that is too long for a socket works, and its socket folder is private", async () => {
  const deep = join(folder, "d".repeat(120));
  const server = await start(deep);
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
  const socketFolder = new URLSearchParams(server.url.split("?")[1]).get("host") ?? "";
  expect((await stat(socketFolder)).mode & 0o777).toBe(0o700);
  await server.stop();
  const again = await start(deep);
  expect(again.url).toBe(server.url);
  ended.unshift(() => rm(socketFolder, { recursive: true, force: true }));
});

test("commands share a server that none of them owns, and the last one stops it", async () => {
  const [first, second] = await Promise.all([connectEmbedded({ folder }), connectEmbedded({ folder })]);
  const [row] = (await query(first.url, "select pg_backend_pid(), current_setting('data_directory') as at")) as {
    at: string;
  }[];
  expect(row?.at).toBe(join(folder, "cluster"));
  await first.close();
  expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await second.close();
  await expect(query(second.url, "select 1")).rejects.toThrow(/ENOENT|ECONNREFUSED/);
});

test("a command that ends leaves the owner's server alone", async () => {
  const server = await start();
  const command = await connectEmbedded({ folder });
  expect(await query(command.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await command.close();
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("an owner takes over the server of a command, which then does not stop it", async () => {
  const command = await connectEmbedded({ folder });
  const server = await start();
  await command.close();
  expect(await query(server.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("many starts and ends of commands at once always have a server that answers", async () => {
  const oneCommand = async (): Promise<unknown> => {
    await using command = await connectEmbedded({ folder });
    // Awaited here: a returned promise would outlive the command.
    return await query(command.url, "select 1 as one");
  };
  const answers = await Promise.all(Array.from({ length: 6 }, async () => [await oneCommand(), await oneCommand()]));
  expect(answers.flat(2)).toEqual(Array.from({ length: 12 }, () => ({ one: 1 })));
});

test.runIf(process.getuid?.() === 0)("an ordinary user starts a server as itself", async () => {
  await rm(join(folder, "cluster"), { recursive: true });
  const nobody = { uid: 65_534, gid: 65_534 };
  await chmod(folder, 0o700);
  await chown(folder, nobody.uid, nobody.gid);
  const { serverPid } = await startOwner(nobody);
  expect((await stat(`/proc/${String(serverPid)}`)).uid).toBe(nobody.uid);
  expect((await stat(join(folder, "cluster"))).uid).toBe(nobody.uid);
});

test.runIf(process.getuid?.() === 0)("root keeps running the database of an ordinary user as that user", async () => {
  await rm(join(folder, "cluster"), { recursive: true });
  const nobody = { uid: 65_534, gid: 65_534 };
  await chown(folder, nobody.uid, nobody.gid);
  const { child, serverPid } = await startOwner(nobody);
  await killed(child);
  process.kill(serverPid, "SIGINT");
  await gone(serverPid);
  const server = await start();
  expect((await stat(`/proc/${String(server.pid)}`)).uid).toBe(nobody.uid);
});

test.runIf(process.getuid?.() === 0)(
  "what root starts in the folder of an ordinary user stays usable for that user",
  async () => {
    await rm(join(folder, "cluster"), { recursive: true });
    const nobody = { uid: 65_534, gid: 65_534 };
    await chown(folder, nobody.uid, nobody.gid);
    const byRoot = await start();
    await query(byRoot.url, "create table kept as select 1 as n");
    for (const name of await readdir(folder, { recursive: true }))
      expect({ name, uid: (await stat(join(folder, name))).uid }).toEqual({ name, uid: nobody.uid });
    await byRoot.stop();
    const { serverPid } = await startOwner(nobody);
    expect((await stat(`/proc/${String(serverPid)}`)).uid).toBe(nobody.uid);
    expect(await query((await connectUrl()).url, "select n from kept")).toEqual([{ n: 1 }]);
  },
);

test.runIf(process.getuid?.() === 0)("a plain user does not take the folder that root uses at the moment", async () => {
  const nobody = { uid: 65_534, gid: 65_534 };
  await chown(folder, nobody.uid, nobody.gid);
  await promisify(execFile)("chown", ["-R", "65534:65534", folder]);
  await start();
  await expect(startOwner(nobody)).rejects.toThrow("ended without starting");
  expect(await readdir(join(folder, "users"))).toHaveLength(1);
});
