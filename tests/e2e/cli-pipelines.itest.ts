import { execFile } from "node:child_process";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliProject, type CliProject, type Started } from "../harness/cli-project.ts";

const DAGS = `
import { asset, bash, dag, param } from "millrace";
const orders = asset("s3://bucket/orders");
const prices = asset("s3://bucket/prices");
export const writes = dag("writes", { tags: ["nightly"], maxActiveRuns: 3, params: { rows: param(3) } }, ({ task, map }) => {
  task("write", { outlets: [orders] }, (_, { assets, params }) => assets.attach(orders, { rows: params.rows }));
  task("print", bash({ command: "echo {{ ds }}" }));
  map("each", { each: { n: [1, 2] } }, ({ n }) => n);
});
export const follows = dag("follows", { schedule: orders }, ({ task }) => { task("read", (_, { assets }) => assets.triggering); });
export const alone = dag("alone", { schedule: prices }, ({ task }) => { task("read", () => 1); });
`;
const FAILS = `
import { dag } from "millrace";
export const fails = dag("fails", ({ task }) => { task("break", () => { throw new Error("no luck"); }); });
`;

const MAIN = join(import.meta.dirname, "../../packages/millrace/src/cli/main.ts");

let project: CliProject;
let started: Started;

beforeAll(async () => {
  project = await cliProject({
    "millrace.json": "{}",
    "dags/all.dag.ts": DAGS,
    "dags/fails.dag.ts": FAILS,
    "dags/broken.dag.ts": `import { dag } from "millrace";\nexport const b = dag("b", () => { throw new Error("no such table"); });\n`,
    "config.yaml": "rows: 7\n",
  });
});
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect({ code, err }).toMatchObject({ code: 0 });
  return JSON.parse(out);
}

describe("without a Millrace that runs", () => {
  test("dags details is an object for programs, and lines for people", async () => {
    expect(await rowsOf("dags", "details", "writes")).toMatchObject({
      dag_id: "writes",
      file: "dags/all.dag.ts",
      schedule: "Never, external triggers only",
      tags: ["nightly"],
      max_active_runs: 3,
      params: { rows: { default: 3 } },
      tasks: 3,
      is_paused: false,
    });
    expect((await project.run("dags", "details", "writes")).out).toMatch(/^dag_id +│ writes$/m);
  });

  test("dags report counts what each file has, the broken one's errors, too", async () => {
    expect(await rowsOf("dags", "report")).toEqual([
      { file: "dags/all.dag.ts", dag_num: 3, task_num: 5, import_errors: 0, dags: ["alone", "follows", "writes"] },
      { file: "dags/broken.dag.ts", dag_num: 0, task_num: 0, import_errors: 1, dags: [] },
      { file: "dags/fails.dag.ts", dag_num: 1, task_num: 1, import_errors: 0, dags: ["fails"] },
    ]);
  });

  test("assets list has who updates and follows them", async () => {
    expect(await rowsOf("assets", "list")).toEqual([
      { uri: "s3://bucket/orders", producers: ["writes.write"], consumers: ["follows"], updated_at: null },
      { uri: "s3://bucket/prices", producers: [], consumers: ["alone"], updated_at: null },
    ]);
  });

  test("DAGs are paused by a regular expression, after being asked", async () => {
    const refused = await project.run("dags", "pause", "--treat-dag-id-as-regex", "^(alone|fails)$");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("Nothing was changed (alone, fails)");
    expect(await rowsOf("dags", "pause", "--treat-dag-id-as-regex", "^(alone|fails)$", "-y")).toEqual([
      { dag_id: "alone", is_paused: true },
      { dag_id: "fails", is_paused: true },
    ]);
    expect(await rowsOf("dags", "unpause", "fails", "alone")).toMatchObject([
      { is_paused: false },
      { is_paused: false },
    ]);
    const none = await project.run("dags", "pause", "--treat-dag-id-as-regex", "nothing", "-y");
    expect(none.code).toBe(1);
    expect(none.err).toContain("no DAG matches nothing");
    expect((await project.run("dags", "pause", "--treat-dag-id-as-regex", "(", "-y")).code).toBe(2);
  });

  test("job list and job execute are Dagster's forms; what they do not need is said", async () => {
    const listed = await project.run("job", "list", "-f", "repositories/main.py", "-o", "json", "--columns", "dag_id");
    expect(JSON.parse(listed.out)).toContainEqual({ dag_id: "writes" });
    expect(listed.err).toContain("-f is not needed");
    const executed = await project.run("job", "execute", "-j", "writes", "-c", "config.yaml");
    expect(executed.err).toContain("nothing of it is recorded");
    expect(executed.err).toMatch(/writes manual__\S+ success/);
    expect(executed.code).toBe(0);
    expect((await project.run("job", "execute", "-j", "fails")).code).toBe(1);
    expect(await rowsOf("dags", "list-runs")).toEqual([]);
  });

  test("job execute without a job, or with a config that is none, is a wrong use", async () => {
    expect((await project.run("job", "execute")).code).toBe(2);
    await project.write("list.yaml", "- 1\n");
    const { code, err } = await project.run("job", "launch", "-j", "writes", "-c", "list.yaml");
    expect(code).toBe(2);
    expect(err).toContain("list.yaml must hold an object");
  });

  test("info tells versions, paths and the database; anonymized, no names", async () => {
    const facts = (await rowsOf("info")) as readonly {
      readonly section: string;
      readonly property: string;
      readonly value: unknown;
    }[];
    const find = (section: string, property: string): unknown =>
      facts.find((fact) => fact.section === section && fact.property === property)?.value;
    expect(find("millrace", "node")).toBe(process.version);
    expect(find("paths", "project")).toBe(project.folder);
    expect(find("database", "state")).toBe("reachable");
    const env = { MILLRACE__DATABASE__URL: "postgresql://ada:hunter2@db.example.invalid/shop" };
    const hidden = await project.launch(["info", "--anonymize", "-o", "json"], env).ended;
    expect(hidden.code).toBe(0);
    expect(hidden.out).toContain("postgresql://${LOGIN}:***@${SERVER}/shop");
    expect(hidden.out).not.toMatch(/hunter2|db\.example/);
  });

  test("completion knows the DAGs and tasks that were read last, in every shell's script", async () => {
    expect((await project.run("__complete", "dags", "trigger", "wr")).out).toBe("writes\tDAG with 3 tasks\n");
    expect((await project.run("__complete", "tasks", "logs", "writes", "ea")).out).toBe("each\ttask of writes\n");
    for (const shell of ["bash", "zsh", "fish"])
      expect((await project.run("completion", shell)).out).toContain("millrace __complete");
    expect((await project.run("completion", "tcsh")).code).toBe(2);
  });

  test("bash completes with the script", async () => {
    await project.write("bin/millrace", `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    await chmod(join(project.folder, "bin/millrace"), 0o755);
    const script = `source <(millrace completion bash)
      COMP_WORDS=(millrace tasks logs follows ""); COMP_CWORD=4; _millrace; echo "\${COMPREPLY[*]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      cwd: project.folder,
      env: { PATH: `${project.folder}/bin:${process.env.PATH}` },
    });
    expect(stdout).toBe("read\n");
  });
});

describe("while a Millrace runs", () => {
  beforeAll(async () => {
    started = await project.start();
  });

  test("job execute has the running one make the run, with the config, and follows it", async () => {
    const { code, out } = await project.run("job", "execute", "-j", "writes", "-c", "config.yaml", "-o", "json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ dag_id: "writes", state: "success" }]);
    await started.until(/✓ follows \S+ success/);
    expect(await rowsOf("assets", "events", "s3://bucket/orders")).toMatchObject([
      { uri: "s3://bucket/orders", dag_id: "writes", task_id: "write", extra: { rows: 7 } },
    ]);
  });

  test("dags state and tasks state print a state alone, by run id, date or latest", async () => {
    expect((await project.run("dags", "state", "writes", "latest")).out).toBe("success\n");
    expect((await project.run("dags", "state", "writes", "latest")).err).toContain('conf: {"rows":7}');
    expect((await project.run("tasks", "state", "writes", "print", "latest")).out).toBe("success\n");
    expect((await project.run("tasks", "state", "writes", "each", "latest", "--map-index", "1")).out).toBe("success\n");
    const mapped = await project.run("tasks", "state", "writes", "each", "latest");
    expect(mapped.code).toBe(2);
    expect(mapped.err).toContain("Use --map-index, from 0 to 1.");
    expect((await project.run("tasks", "state", "writes", "prnt", "latest")).err).toContain("Did you mean print?");
    expect((await project.run("dags", "state", "alone", "latest")).err).toContain("has no run yet");
  });

  test("tasks render shows what templates became", async () => {
    expect(await rowsOf("tasks", "render", "writes", "print", "latest")).toMatchObject({
      command: expect.stringMatching(/^echo \d{4}-\d\d-\d\d$/) as string,
    });
    const { code, err } = await project.run("tasks", "render", "writes", "write", "latest");
    expect(code).toBe(1);
    expect(err).toContain("write has no options that are templates");
  });

  test("assets update from outside makes followers run at once; a wrong URI is told the near one", async () => {
    const updated = await project.run(
      "assets",
      "update",
      "s3://bucket/prices",
      "--extra",
      '{"by": "hand"}',
      "-o",
      "json",
    );
    expect(JSON.parse(updated.out)).toMatchObject({ uri: "s3://bucket/prices", queued_for: ["alone"] });
    await started.until(/✓ alone \S+ success/);
    expect(await rowsOf("assets", "get", "s3://bucket/prices", "--columns", "uri,consumers")).toEqual([
      { uri: "s3://bucket/prices", consumers: ["alone"] },
    ]);
    const { code, err } = await project.run("assets", "update", "s3://bucket/price");
    expect(code).toBe(1);
    expect(err).toContain("Did you mean s3://bucket/prices");
    expect((await project.run("assets", "update", "s3://bucket/prices", "--extra", "[1]")).err).toContain(
      "--extra must be",
    );
  });

  test("assets materialize triggers the DAG that updates it, and says so when none does", async () => {
    expect(await rowsOf("assets", "materialize", "s3://bucket/orders")).toMatchObject([{ dag_id: "writes" }]);
    const { code, err } = await project.run("assets", "materialize", "s3://bucket/prices");
    expect(code).toBe(1);
    expect(err).toContain("no DAG updates s3://bucket/prices");
  });

  test("dags delete refuses a DAG whose file is there, and forgets one whose file is gone, with its runs", async () => {
    await project.run("dags", "trigger", "fails", "-r", "last");
    await started.until(/✗ fails last failed/);
    const refused = await project.run("dags", "delete", "fails", "-y");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("it would come back");
    expect(refused.err).toContain("(CONFLICT)");
    await rm(join(project.folder, "dags/fails.dag.ts"));
    await started.until(/fails.*(is gone|gone)/i);
    expect((await project.run("dags", "delete", "fails")).code).toBe(2);
    expect((await project.run("dags", "delete", "fails", "--yes")).err).toContain("fails deleted, and 1 run with it");
    expect((await project.run("dags", "details", "fails")).err).toContain('there is no DAG "fails"');
  });
});
