import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { cliProject } from "../../harness/cli-project.ts";

const DAG = `import { dag, task } from "millrace";
export const hello = dag("hello", {}, () => { task("greet", () => "hi"); });
`;
const SERVED = { MILLRACE__SERVER__ENABLED: "true", MILLRACE__SERVER__PORT: "0" };
const URL_LINE = /server {4}(http:\/\/127\.0\.0\.1:\d+)/;

/** Ids of the server processes of a Millrace. */
function serverPids(parent: number): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" }).split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, ...args]) => ppid === String(parent) && args.join(" ").includes("server-child"))
    .map(([pid]) => Number(pid));
}

const version = async (url: string): Promise<number> => (await fetch(`${url}/api/v1/version`)).status;

test("`millrace start` serves the API, serves it again after its process was killed, and takes it along when it stops", async () => {
  await using project = await cliProject({ "dags/hello.dag.ts": DAG }, SERVED);
  const started = await project.start();
  const url = URL_LINE.exec(started.output())?.[1] ?? "";
  expect(await version(url)).toBe(200);
  // The password of the first user is told once, and works.
  const [, password = ""] = await started.until(/Log in as admin with the password (\S+):/);
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  expect((await fetch(`${url}/api/millrace/v1/session`, { headers: { authorization } })).status).toBe(200);
  const [pid = 0] = serverPids(started.process.pid ?? 0);
  process.kill(pid, "SIGKILL");
  await started.until(/server starts again/);
  await vi.waitFor(async () => expect(await version(url)).toBe(200), { timeout: 20_000, interval: 100 });
  const [heir = 0] = serverPids(started.process.pid ?? 0);
  expect(heir).not.toBe(pid);
  const { code, err } = await started.stop();
  expect(code).toBe(0);
  expect(err).not.toContain(password);
  await expect(fetch(url)).rejects.toThrow();
  expect(() => process.kill(heir, 0)).toThrow();
});

test("the server ends when its Millrace is killed", async () => {
  await using project = await cliProject({ "dags/hello.dag.ts": DAG }, SERVED);
  const started = await project.start();
  const [pid = 0] = serverPids(started.process.pid ?? 0);
  await started.stop("SIGKILL");
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 20_000, interval: 100 });
});

test("a port that was asked for and is in use is an error that says what to do", async () => {
  await using project = await cliProject({ "dags/hello.dag.ts": DAG }, { MILLRACE__SERVER__ENABLED: "true" });
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  try {
    const { code, err } = await project.launch(["api-server", "--port", String(port)]).ended;
    expect(code).toBe(2);
    expect(err).toMatch(`the server cannot listen on 127.0.0.1:${port}`);
    expect(err).toMatch("server.port");
  } finally {
    other.close();
  }
});
