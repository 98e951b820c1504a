import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { openPool } from "@millrace/store";
import { within } from "./harness/within.ts";

const POSTGRES = "/usr/lib/postgresql/15/bin";
const PGBOUNCER = "/usr/sbin/pgbouncer";
const HOW = "install postgresql-15 and pgbouncer, as .ci/run does";

/** A server that a test started. */
export interface RunningServer extends AsyncDisposable {
  /** Of the database `postgres`, as its superuser. */
  readonly url: string;
}

/** As whom servers run that refuse to be root. */
type User = { readonly uid?: number; readonly gid?: number };

/** Starts a PostgreSQL 15 of Debian in a folder of its own. @throws when it is not installed: that is a failure, not a reason to skip. */
export async function startPostgres15(): Promise<RunningServer> {
  await mustExist(`${POSTGRES}/postgres`);
  const user = await serverUser();
  const folder = await newFolder("millrace-pg15-", user);
  await promisify(execFile)(
    `${POSTGRES}/initdb`,
    ["-D", join(folder, "data"), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
    user,
  );
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    max_connections: 150,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = launch(`${POSTGRES}/postgres`, ["-D", join(folder, "data"), ...args], user);
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`;
  return await whenReady(server, { url, folder, stopSignal: "SIGINT" });
}

/** Starts a pgbouncer in transaction mode before the server of `url`: any database of it by its name. @throws when it is not installed. */
export async function startPgbouncer(url: string): Promise<RunningServer> {
  await mustExist(PGBOUNCER);
  const user = await serverUser();
  const folder = await newFolder("millrace-pgb-", user);
  const port = await freePort();
  const target = new URL(url);
  const config = `
[databases]
* = host=${target.hostname} port=${target.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
logfile = ${join(folder, "log")}
`;
  await writeFile(join(folder, "pgbouncer.ini"), config);
  const server = launch(PGBOUNCER, [join(folder, "pgbouncer.ini")], user);
  target.port = String(port);
  return await whenReady(server, { url: target.toString(), folder, stopSignal: "SIGTERM" });
}

async function mustExist(program: string): Promise<void> {
  await access(program).catch((error: unknown) => {
    throw new Error(`${program} is not there: ${HOW}`, { cause: error });
  });
}

/** Root hands servers to the user that Debian's package makes for them. */
async function serverUser(): Promise<User> {
  if (process.getuid?.() !== 0) return {};
  const passwd = await readFile("/etc/passwd", "utf8");
  const fields = passwd
    .split("\n")
    .find((line) => line.startsWith("postgres:"))
    ?.split(":");
  if (fields === undefined) throw new Error(`there is no user postgres: ${HOW}`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function newFolder(prefix: string, { uid, gid }: User): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

interface Launched {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly output: () => string;
}

function launch(program: string, args: readonly string[], user: User): Launched {
  const child = spawn(program, args, {
    ...user,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { process: child, ended: once(child, "close"), output: () => output };
}

async function whenReady(
  server: Launched,
  { url, folder, stopSignal }: { readonly url: string; readonly folder: string; readonly stopSignal: NodeJS.Signals },
): Promise<RunningServer> {
  const stop = async (): Promise<void> => {
    server.process.kill(stopSignal);
    try {
      await within(server.ended, () => `the end of ${server.process.spawnfile}, which said:\n${server.output()}`);
    } finally {
      server.process.kill("SIGKILL");
    }
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    const refused = await openPool({ url, max: 2 }).then(
      (pool) => pool.close(),
      (error: unknown) => error,
    );
    if (refused === undefined) return { url, [Symbol.asyncDispose]: stop };
    if (server.process.exitCode !== null || tries > 200) {
      await stop();
      throw new Error(`${server.process.spawnfile} does not answer:\n${server.output()}`, { cause: refused });
    }
    await sleep(100);
  }
}
