// What a command loads is most of what a short one takes: the HTTP server and the schemas of its operations are for those who need them.
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Ended } from "../harness/cli-project.ts";

const PROBE = resolve(import.meta.dirname, "../harness/list-modules-child.ts");
const HEAVY = ["fastify", "typebox", "openid-client"];
const DAG = `import { dag } from "millrace";\nexport const hello = dag("hello", ({ task }) => { task("greet", () => 1); });\n`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/hello.dag.ts": DAG });
  // One embedded server for all commands of this file.
  await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

/** Runs a command. @returns how it ended, the packages among {@link HEAVY} that it loaded, and how many modules */
async function loadedBy(
  ...args: readonly string[]
): Promise<{ readonly ended: Ended; readonly heavy: readonly string[]; readonly modules: number }> {
  const list = join(project.folder, "modules.txt");
  await rm(list, { force: true });
  const env = { NODE_OPTIONS: `--import ${PROBE}`, TEST_LOADED_MODULES: list };
  const ended = await project.launch(args, env).ended;
  const modules = (await readFile(list, "utf8")).trim().split("\n");
  const heavy = HEAVY.filter((name) => modules.some((url) => url.includes(`/node_modules/${name}/`)));
  return { ended, heavy, modules: modules.length };
}

test.each([
  [["--help"]],
  [["version"]],
  [["dags", "list"]],
  [["roles", "list"]],
  [["users", "create", "-u", "ada", "-e", "ada@example.com", "-r", "Viewer", "--use-random-password"]],
  [["tokens", "create", "-u", "ada", "-n", "laptop"]],
  [["webhooks", "list"]],
])("%s loads nothing that serves HTTP", async (args) => {
  const { ended, heavy, modules } = await loadedBy(...args);
  expect(ended).toMatchObject({ code: 0, err: expect.not.stringContaining("error") });
  expect(heavy).toEqual([]);
  // The list is one of all modules.
  expect(modules).toBeGreaterThan(100);
});

test("who asks another server loads the schemas of its operations, and who serves loads the server", async () => {
  expect(await loadedBy("dags", "list", "--server", "http://127.0.0.1:1")).toMatchObject({
    ended: { code: 3 },
    heavy: ["typebox"],
  });
  // It stops before it listens, for want of a port that there is.
  const serving = await loadedBy("api-server", "--port", "99999");
  expect(serving).toMatchObject({ ended: { code: 2 }, heavy: HEAVY });
});
