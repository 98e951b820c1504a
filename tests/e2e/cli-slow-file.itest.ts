// A DAG file that never ends to load must not keep a command waiting that is about another DAG, when no Millrace runs.
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const GOOD = `
import { dag } from "millrace";
export const good = dag("good", {}, ({ task }) => void task("one", () => 1));
`;
/** Less than the 30 s that a file may take to load. */
const BEFORE_THE_LIMIT = { timeout: 25_000 };
let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "dags/endless.dag.ts": "for (;;);\n", "dags/good.dag.ts": GOOD });
});

afterAll(() => project[Symbol.asyncDispose]());

test("a trigger is made at once, and the file is named", BEFORE_THE_LIMIT, async () => {
  const { code, out, err } = await project.run("dags", "trigger", "good", "-r", "first", "-o", "json");
  expect(code).toBe(0);
  expect(out).toContain('"first"');
  expect(err).toContain("dags/endless.dag.ts takes long to load");
});

test("the tasks of the DAG are listed at once", BEFORE_THE_LIMIT, async () => {
  const { code, out } = await project.run("tasks", "list", "good", "-o", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject([{ task_id: "one" }]);
});

test("a list of all DAGs waits, and says for what", async () => {
  const listing = project.launch(["dags", "list"]);
  await listing.until(/dags\/endless\.dag\.ts takes long to load/);
  expect(listing.process.exitCode).toBe(null);
  listing.process.kill("SIGINT");
  await listing.ended;
});
