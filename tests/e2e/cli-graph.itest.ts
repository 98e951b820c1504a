import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const DAGS = `
import { asset, dag, triggerDag, waitForRun } from "millrace";
const orders = asset("s3://bucket/orders");
export const load = dag("load", ({ task, map, group }) => {
  const list = task("list", () => [1, 2]);
  const clean = group("clean", ({ task }) => {
    const raw = task("raw", { input: { list } }, ({ list }) => list);
    return task("checked", { input: { raw } }, ({ raw }) => raw);
  });
  const each = map("each", { each: { n: clean } }, ({ n }: { n: number }) => { if (n === 2) throw new Error("no"); return n; });
  task("tell", { after: [list, each], triggerRule: "all_done", displayName: 'tell <&> "all"', outlets: [orders] }, () => undefined);
});
export const report = dag("report", { schedule: orders }, ({ task, sensor }) => {
  const before = sensor("before", { timeout: "1h" }, waitForRun({ dagId: "load" }));
  task("start", { after: [before] }, triggerDag({ dagId: "publish", conf: {} }));
});
export const publish = dag("publish", ({ task }) => { task("one", () => 1); });
export const alone = dag("alone", ({ task }) => { task("one", () => 1); });
export const wide = dag("wide", ({ task }) => {
  const from = task("from", () => 1);
  for (let index = 0; index < 12; index += 1) task("a_long_name_" + index, { input: { from } }, () => 1);
});
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/all.dag.ts": DAGS }, { LANG: "C.UTF-8", LC_ALL: "" });
});
afterAll(() => project[Symbol.asyncDispose]());

test("dags show draws tasks, groups, marks of mapping and trigger rules, and tells results from order", async () => {
  const { code, out, err } = await project.run("dags", "show", "load");
  expect(code).toBe(0);
  expect(out).toBe(`\
        ┌──────┐
        │ list │
        └┬───┬─┘
         │   ╰┈┈┈╮
╔═ clean │════╗  ┊
║        ▼    ║  ┊
║   ┌─────┐   ║  ┊
║   │ raw │   ║  ┊
║   └──┬──┘   ║  ┊
║      ▼      ║  ┊
║ ┌─────────┐ ║  ┊
║ │ checked │ ║  ┊
║ └────┬────┘ ║  ┊
╚══════│══════╝  ┊
       ▼         ┊
  ┌─────────┐    ┊
  │ each [] │    ┊
  └────┬────┘    ┊
       ╰┈┈┈┈┬┈┈┈┈╯
            ▼
    ┌────────────────┐
    │ tell <&> "all" │
    │    all_done    │
    └────────────────┘
`);
  expect(err).toContain("─── a result goes along   ┈┈┈ order only");
});

test("--ascii, and a locale that is not UTF-8, ask for ASCII", async () => {
  const ascii = (await project.run("dags", "show", "load", "--ascii")).out;
  expect(ascii).toMatch(/^[\n -~]+$/);
  expect((await project.launch(["dags", "show", "load"], { LC_ALL: "C" }).ended).out).toBe(ascii);
});

test("what is too wide becomes a tree, and says so", async () => {
  const { out, err } = await project.run("dags", "show", "wide");
  expect(out.split("\n").slice(0, 3)).toEqual(["from", "├─ a_long_name_0", "├─ a_long_name_1"]);
  expect(out.trimEnd().split("\n")).toHaveLength(13);
  expect(err).toContain("Too large to draw in 120 columns");
  expect((await project.run("dags", "show", "wide", "--width", "400")).out).toContain("│ a_long_name_11 │");
});

test("-o json is the graph as data", async () => {
  const { out } = await project.run("dags", "show", "load", "-o", "json");
  expect(JSON.parse(out)).toMatchObject({
    dag_id: "load",
    run_id: null,
    groups: [{ group_id: "clean", parent_id: null, is_mapped: false }],
    tasks: [
      { task_id: "list", upstream: [] },
      { task_id: "clean.raw", group_id: "clean", upstream: [{ task_id: "list", via: "data", choices: null }] },
      { task_id: "clean.checked" },
      { task_id: "each", is_mapped: true },
      { task_id: "tell", trigger_rule: "all_done", upstream: [{ via: "order" }, { via: "order" }] },
    ],
  });
});

test("--run shows the states of a run, and how many of a mapped task's instances are well", async () => {
  const started = await project.start();
  await project.run("dags", "unpause", "load");
  expect((await project.run("dags", "trigger", "load", "-r", "shown", "--wait")).code).toBe(0);
  const { out } = await project.run("dags", "show", "load", "--run", "shown");
  expect(out).toContain("│ ✓ list │");
  expect(out).toContain("│ ✗ each [1/2] │");
  const { tasks } = JSON.parse((await project.run("dags", "show", "load", "-r", "shown", "--json")).out) as {
    readonly tasks: readonly { readonly task_id: string; readonly states: object }[];
  };
  expect(tasks.find(({ task_id }) => task_id === "each")?.states).toEqual({ success: 1, failed: 1 });
  const { code, err } = await project.run("dags", "show", "load", "--run", "shwn");
  expect(code).toBe(1);
  expect(err).toContain("Did you mean shown?");
  await started.stop();
});

test("--save writes SVG, Graphviz and Mermaid, in which a name is only text", async () => {
  const read = async (file: string): Promise<string> => {
    const { code, err } = await project.run("dags", "show", "load", "--save", file);
    expect(code).toBe(0);
    expect(err).toContain(`load written to ${file}`);
    return await readFile(join(project.folder, file), "utf8");
  };
  const svg = await read("load.svg");
  expect(svg).toMatch(
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]* role="img" aria-labelledby="title description">/,
  );
  expect(svg).toContain('<title id="title">load</title>');
  expect(svg).toMatch(/<desc id="description">The DAG load with 5 tasks; .*list leads to clean\.raw, tell\./);
  expect(svg).toContain("tell &lt;&amp;&gt; &quot;all&quot;");
  expect(svg).toContain("prefers-color-scheme:dark");
  expect(await read("load.dot")).toContain('[label="tell <&> \\"all\\"\\nall_done"]');
  expect(await read("load.mmd")).toContain('["tell #60;#38;#62; #34;all#34;<br/>all_done"]');
});

test.each([
  [["--save", "load.png"], /"\.png" is none of them[^]*There are \.svg, \.dot and \.mmd/],
  [["--save", "load"], /"" is none of them/],
  [["--save", "no/such/folder.svg"], /cannot be written: ENOENT/],
  [["--width", "wide"], /--width must be a whole number from 1, not wide/],
  [["-o", "png"], /Allowed choices are graph, tree, json, yaml/],
])("%j is wrong use: exit code 2", async (options, message) => {
  const { code, out, err } = await project.run("dags", "show", "load", ...options);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(message);
});

test("a DAG that there is not has near names", async () => {
  const { code, err } = await project.run("dags", "show", "lod");
  expect(code).toBe(1);
  expect(err).toContain("Did you mean load?");
});

test("show-dependencies draws assets, triggers and waits between DAGs", async () => {
  const rows = JSON.parse((await project.run("dags", "show-dependencies", "--json")).out) as unknown;
  expect(rows).toEqual([
    { from: "load", kind: "updates", to: "s3://bucket/orders", task_ids: ["tell"] },
    { from: "s3://bucket/orders", kind: "schedules", to: "report", task_ids: [] },
    { from: "report", kind: "waits_for", to: "load", task_ids: ["before"] },
    { from: "report", kind: "triggers", to: "publish", task_ids: ["start"] },
  ]);
  const { out } = await project.run("dags", "show-dependencies");
  for (const text of ["load", "s3://bucket/orders", "report", "waits for", "triggers", "publish"])
    expect(out).toContain(text);
  expect(out).not.toContain("alone");
  // The circle of load and report has one line that points up.
  expect(out).toContain("▲");
  const { err } = await project.run("dags", "show-dependencies", "alone");
  expect(err).toContain("alone depends on no other DAG, and none depends on it.");
  await project.run("dags", "show-dependencies", "publish", "--save", "all.svg");
  expect(await readFile(join(project.folder, "all.svg"), "utf8")).toContain("Dependencies of publish");
});
