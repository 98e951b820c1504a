import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { dag, Secret, type Args, type Connection, type Context } from "millrace";
import { testOperator, testTask, type TaskResult } from "millrace/testing";
import { dockerRun, openDocker, type DockerContext, type DockerRunOptions } from "@millrace/provider-docker";
import { provider } from "@millrace/provider-docker/provider";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startDockerEngine, type DockerEngine } from "../../servers/docker-engine.ts";
import { startRegistry, type ImageRegistry } from "../../servers/registry.ts";

let engine: DockerEngine;
let connection: Connection;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-docker-"));
  engine = await startDockerEngine();
  connection = { id: "engine", type: "docker", host: engine.host, extra: {} };
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  const left = containers();
  if (left.length > 0) engine.docker("rm", "--force", ...left);
});

/** Ids of containers, also of those that have ended. */
const containers = (): readonly string[] =>
  engine.docker("ps", "--all", "--quiet", "--no-trunc").split("\n").filter(Boolean);
const run = async (
  options: Partial<Args<Omit<DockerRunOptions, "result">>> & { readonly result?: "lastLine" },
): Promise<TaskResult> =>
  await testOperator(dockerRun({ connection, image: engine.image, network: "none", pull: "never", ...options }));

/** What `body` does with the context of a try of its own. */
async function inTask<T>(body: (ctx: Context) => Promise<T>): Promise<TaskResult> {
  const alone = dag("test_dag", ({ task }) => void task("test_task", async (_, ctx) => await body(ctx)));
  return await testTask(alone, "test_task", { logicalDate: "2025-10-01T00:00:00Z" });
}

test("a container's lines go to the log, its last one is the result, and nothing is left", async () => {
  const done = await run({
    command:
      'echo "to {{ ds }}"; echo warned >&2; echo "$MILLRACE_DAG_ID $MILLRACE_TASK_ID $MILLRACE_TRY_NUMBER $GREETING"; printf "no end: $SECRET" | tr a-z A-Z',
    env: { GREETING: "hi {{ dag.dag_id }}", SECRET: new Secret("the-secret-itself") },
  });
  expect(done).toMatchObject({ state: "success", result: "NO END: THE-SECRET-ITSELF" });
  const lines = done.logs.map(({ message }) => message);
  expect(lines).toEqual(
    expect.arrayContaining([expect.stringMatching(/^to \d{4}-/), "warned", "test_dag test_task 1 hi test_dag"]),
  );
  expect(JSON.stringify(done.logs)).not.toContain("the-secret-itself");
  expect(containers()).toEqual([]);
});

test("a list is run without a shell, as the user, in the folder, with mounts and JSON as the result", async () => {
  writeFileSync(join(folder, "in.txt"), "from outside");
  const script =
    'id -u; cat /in/in.txt; echo; echo more > /out/made.txt; ls / > /dev/null; printf \'{"folder":"%s"}\' "$PWD"';
  const mounts = [
    { source: folder, target: "/in", readOnly: true },
    { source: folder, target: "/out" },
    { type: "tmpfs" as const, target: "/scratch" },
  ];
  const call = dockerRun<{ folder: string }>({
    ...{ connection, image: engine.image, network: "host", pull: "never", result: "json" },
    ...{ command: ["sh", "-c", script], workingDir: "/scratch", mounts },
  });
  const done = await testOperator(call);
  expect(done.reason).toBeUndefined();
  expect(done).toMatchObject({ state: "success", result: { folder: "/scratch" } });
  expect(done.logs.map(({ message }) => message)).toContain("from outside");
  expect(readFileSync(join(folder, "made.txt"), "utf8")).toBe("more\n");
  expect(await run({ command: "id -u", user: "1234" })).toMatchObject({ result: "1234" });
  expect((await run({ command: "echo x > /in/y", mounts: [mounts[0]] })).reason).toMatch(/[Rr]ead-only file system/);
});

test("exit codes fail, skip or fail for good, and the error has the last words", async () => {
  const failed = await run({ command: "echo broken >&2; exit 7" });
  expect(failed).toMatchObject({ state: "failed", code: "TASK_FAILED" });
  expect(failed.reason).toMatch(/exit code 7; it last wrote to stderr:\nbroken/);
  expect(await run({ command: "exit 99" })).toMatchObject({ state: "skipped" });
  const alone = dag(
    "d",
    ({ task }) =>
      void task(
        "t",
        { retries: 3 },
        dockerRun({ connection, image: engine.image, network: "none", command: "exit 4", permanentExitCodes: [4] }),
      ),
  );
  expect(await testTask(alone, "t")).toMatchObject({ state: "failed" });
  expect(containers()).toEqual([]);
});

test("limits reach the kernel: memory that is too little kills, and says so", async () => {
  await run({ command: "true", remove: "never", memory: "64m", cpus: 0.5 });
  const [limited] = containers();
  const shown = JSON.parse(engine.docker("inspect", limited)) as { readonly HostConfig: object }[];
  expect(shown[0].HostConfig).toMatchObject({ Memory: 67_108_864, MemorySwap: 67_108_864, NanoCpus: 500_000_000 });
  // It bears the labels of the only try that there is here.
  engine.docker("rm", limited);
  const killed = await run({ command: "tail /dev/zero", memory: "16m" });
  expect(killed).toMatchObject({ state: "failed", code: "TASK_FAILED" });
  expect(killed.reason).toMatch(/more than its memory of 16m/);
});

test("a container that has to end gets SIGTERM, and SIGKILL after the grace", async () => {
  const polite = "trap 'echo ends; exit 0' TERM; echo up; while true; do sleep 0.1; done";
  const late = await run({ command: polite, timeout: "1s" });
  expect(late).toMatchObject({ state: "failed", code: "TIMEOUT" });
  expect(late.logs.map(({ message }) => message)).toContain("ends");
  const deaf = await run({ command: "trap '' TERM; while true; do sleep 0.1; done", timeout: "1s", grace: "1s" });
  expect(deaf).toMatchObject({ code: "TIMEOUT" });
  expect(containers()).toEqual([]);
});

test("a try that is stopped ends and removes its container", async () => {
  const stop = new AbortController();
  const stopped = await inTask(async (ctx) => {
    const log = { ...ctx.log, from: () => ({ ...ctx.log, info: () => stop.abort(new Error("stopped by the test")) }) };
    await using docker = await openDocker(connection, { ctx: contextOf(ctx, { log, signal: stop.signal }) });
    return await docker.run({ image: engine.image, network: "none", command: "echo up; sleep 60", grace: "1s" });
  });
  expect(stopped.reason).toMatch(/stopped by the test/);
  expect(containers()).toEqual([]);
});

test("a try whose worker was lost goes on with its container, and the next try removes it", async () => {
  const command = "echo up; while [ ! -e /in/go ]; do sleep 0.1; done; echo done";
  const mounts = [{ source: folder, target: "/in" }];
  const plan = { image: engine.image, network: "none", command, mounts, remove: "never" } as const;
  const runAs = async (changes: Partial<DockerContext>): Promise<TaskResult> =>
    await inTask(async (ctx) => {
      await using docker = await openDocker(connection, { ctx: contextOf(ctx, changes) });
      return await docker.run(plan);
    });
  // A worker that is lost says nothing to the engine any more: what it has started goes on.
  const never = new AbortController().signal;
  const lost = runAs({ signal: never });
  await expect.poll(() => containers().length).toBe(1);
  const [first] = containers();
  await expect.poll(() => engine.docker("logs", first)).toBe("up");
  writeFileSync(join(folder, "go"), "");
  const again = await runAs({});
  expect(again).toMatchObject({ state: "success", result: { containerId: first, exitCode: 0, lastLine: "done" } });
  expect(again.logs.map(({ message }) => message)).toContain("up");
  await lost;
  expect(containers()).toEqual([first]);
  const next = await runAs({ tryNumber: 2, tryId: "another" });
  expect(next).toMatchObject({ state: "success", result: { exitCode: 0 } });
  expect(containers()).not.toContain(first);
  expect(containers()).toHaveLength(1);
});

test("what the engine refuses is permanent; an engine that is not there is not", async () => {
  const missing = await run({ image: "nowhere:1", command: "true" });
  expect(missing).toMatchObject({ state: "failed" });
  expect(missing.reason).toMatch(/running nowhere:1: the Docker Engine at unix:.* status 404: No such image/);
  expect((await run({ command: ["no-such-program"] })).reason).toMatch(/executable file not found/);
  expect((await run({ command: "true", memory: "much" })).reason).toMatch(/no size/);
  expect((await run({ command: "true", mounts: [{ source: "/not/there", target: "/x" }] })).reason).toMatch(
    /status 400.*bind source path does not exist/,
  );
  const gone = { ...connection, host: `unix://${join(folder, "none.sock")}` };
  expect(await run({ connection: gone, command: "true" })).toMatchObject({ code: "UNREACHABLE" });
  const pulled = await run({ image: "127.0.0.1:9/none:1", command: "true", pull: "always" });
  expect(pulled).toMatchObject({ state: "failed" });
  expect(containers()).toEqual([]);
});

test("the trial of a connection names the engine", async () => {
  const [type] = provider.connectionTypes ?? [];
  const tools = { signal: AbortSignal.timeout(10_000), fetch, admit: async () => undefined };
  expect(await type?.trial(connection, tools)).toMatch(/docker\.sock is Docker Engine \d+\./);
  await expect(type?.trial({ ...connection, host: "unix:///not/there.sock" }, tools)).rejects.toThrow(/Is it running/);
});

describe("a registry with a login", () => {
  let registry: ImageRegistry;
  let image: string;
  beforeAll(async () => {
    registry = await startRegistry();
    image = `${registry.host}/team/busybox:1`;
    const own = ["--config", join(folder, "cli")];
    engine.docker("tag", engine.image, image);
    engine.docker(...own, "login", "--username", registry.user, "--password", registry.password, registry.host);
    engine.docker(...own, "push", image);
    engine.docker("rmi", image);
  });
  afterAll(async () => await registry?.stop());

  const withLogin = (password: string | undefined, address: string = registry.host): Connection => ({
    ...connection,
    ...(password !== undefined && { login: registry.user, password: new Secret(password) }),
    extra: { registry: address },
  });
  const pull = async (from: Connection, name = image): Promise<TaskResult> =>
    await run({ connection: from, image: name, command: "echo pulled", pull: "always" });

  test("gives its image to who has the password, by each way to write its address", async () => {
    for (const address of [registry.host, `http://${registry.host}`, `http://${registry.host}/v2/`]) {
      expect(await pull(withLogin(registry.password, address))).toMatchObject({ state: "success", result: "pulled" });
      engine.docker("rmi", image);
    }
    const [type] = provider.connectionTypes ?? [];
    const tools = { signal: AbortSignal.timeout(10_000), fetch, admit: async () => undefined };
    expect(await type?.trial(withLogin(registry.password), tools)).toContain(
      `login of ada at ${registry.host} is fine`,
    );
    await expect(type?.trial(withLogin("wrong-one-of-ada"), tools)).rejects.toMatchObject({ name: "Permanent" });
  });

  test("refuses a wrong password and none for good, and says what to correct; the password is nowhere", async () => {
    for (const password of ["wrong-one-of-ada", undefined]) {
      const alone = dag("d", ({ task }) => {
        const options = { connection: withLogin(password), image, network: "none", command: "true" };
        task("t", { retries: 3, retryDelay: "1h" }, dockerRun(options));
      });
      const done = await testTask(alone, "t");
      // Tried again it would be up_for_retry.
      expect(done).toMatchObject({ state: "failed" });
      expect(done.reason).toMatch(/Check login, password and extra\.registry of the connection/);
      expect(inspect(done, { depth: 20 })).not.toContain("wrong-one-of-ada");
    }
    const none = await pull(withLogin(registry.password), `${registry.host}/team/busybox:2`);
    expect(none.reason).toMatch(/manifest unknown/);
  });

  test("is not shown the login of another one", async () => {
    const done = await pull(withLogin(registry.password, "registry.example.com"));
    expect(done).toMatchObject({ state: "failed" });
    expect(done.logs.map(({ message }) => message)).toContain(
      `the login of the connection is for registry.example.com, and is not shown to ${registry.host}`,
    );
  });

  test("that is gone may be asked again", async () => {
    await registry.stop();
    expect(await pull(withLogin(registry.password))).toMatchObject({ code: "UNREACHABLE" });
  });
});

/** The context of a task with some of it changed. */
function contextOf(ctx: Context, changes: Partial<DockerContext>): DockerContext {
  const { dagId, runId, taskId, mapIndex, tryNumber, tryId, logicalDate, dataInterval, log, signal } = ctx;
  const owner = { dagId, runId, taskId, mapIndex, tryNumber, tryId, logicalDate, dataInterval };
  return { ...owner, log, signal, connection: async (id) => await ctx.connection(id), ...changes };
}
