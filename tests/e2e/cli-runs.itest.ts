import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

const SHOP = `
import { dag } from "millrace";
export const shop = dag("shop", { params: { region: "eu" } }, ({ task, map }) => {
  const rows = task("rows", (_, { params }) => (params.region === "eu" ? [1, 2] : [1, 5, 3]));
  const twice = map("twice", { each: { row: rows } }, ({ row }) => row * 2);
  task("price", { input: { twice } }, ({ twice }, { params }) => {
    if (params.region === "nowhere") throw new Error("no prices here");
    return { sum: twice.length, by: [{ region: params.region }] };
  });
});
`;

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/shop.dag.ts": SHOP });
  await project.start();
  for (const conf of ["{}", "{}", '{"region":"nowhere"}'])
    await project.run("dags", "trigger", "shop", "--wait", "-c", conf);
});
afterAll(() => project[Symbol.asyncDispose]());

test("two runs that gave the same are the same: exit code 0", async () => {
  const { code, out } = await project.run("runs", "diff", "-d", "shop", "latest~2", "latest~1");
  expect(out).toContain("nothing differs; 3 of 3 tasks are the same");
  expect(code).toBe(0);
});

test("what differs is shown where it differs: exit code 1", async () => {
  const { code, out } = await project.run("runs", "diff", "shop/latest~1", "latest");
  expect(code).toBe(1);
  expect(out).toMatch(/^state +success → failed$/m);
  expect(out).toMatch(/^cause +none → price did not succeed$/m);
  expect(out).toMatch(/^params +\$\.region: "eu" → "nowhere"$/m);
  expect(out).toMatch(/^~ rows\n(?: .*\n)* {2}result +\$\[1\]: 2 → 5$/m);
  expect(out).toMatch(/^~ twice\n {2}instances 2 success → 3 success$/m);
  expect(out).toMatch(/^~ price\n {2}state +success → failed\n {2}cause +none → Error: no prices here$/m);
});

test("programs get the same as data", async () => {
  const { code, out } = await project.run("runs", "diff", "-d", "shop", "latest~1", "latest", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    same: false,
    version: { a: 1, b: 1, same: true },
    state: { a: "success", b: "failed" },
    params: { differences: [{ path: "$.region", a: "eu", b: "nowhere" }] },
    tasks: [
      { task_id: "rows", same: false },
      { task_id: "twice", is_mapped: true, states: { a: { success: 2 }, b: { success: 3 } } },
      { task_id: "price", instances: [{ map_index: -1, result: { differences: [{ path: "$", a: { sum: 2 } }] } }] },
    ],
  });
});

test("what cannot be compared is trouble: exit code 2", async () => {
  const missing = await project.run("runs", "diff", "-d", "shop", "latest", "latest~9");
  expect(missing).toMatchObject({ code: 2, out: "" });
  expect(missing.err).toContain("the DAG shop has 3 runs, so there is no latest~9");
  const nameless = await project.run("runs", "diff", "latest", "latest~1");
  expect(nameless.code).toBe(2);
  expect(nameless.err).toContain("Name it with -d <dag_id>, or as <dag_id>/<run>.");
});

test("runs are listed and shown", async () => {
  const rows = JSON.parse((await project.run("runs", "list", "shop", "--json")).out) as readonly { run_id: string }[];
  expect(rows).toHaveLength(3);
  const shown = await project.run("runs", "show", `shop/${rows[0].run_id}`, "--json");
  expect(JSON.parse(shown.out)).toMatchObject({ run_id: rows[0].run_id, state: "failed", conf: { region: "nowhere" } });
});

test("of two versions the tasks that changed are named, and the lines of the file", async () => {
  await project.write(
    "dags/shop.dag.ts",
    SHOP.replace("{ each:", "{ retries: 2, each:").replace(
      `  task("price"`,
      `  task("clean", () => 1);\n  task("price"`,
    ),
  );
  const versions = async (): Promise<string> => (await project.run("tasks", "list", "shop")).out;
  await expect.poll(versions, { timeout: 20_000 }).toContain("clean");
  await project.run("dags", "trigger", "shop", "--wait");
  const { code, out } = await project.run("runs", "diff", "-d", "shop", "latest~2", "latest", "--source");
  expect(code).toBe(1);
  expect(out).toMatch(/^version +1 → 2\n +added clean\n +changed twice: retries$/m);
  expect(out).toMatch(/^\+ clean only in b: 1 success$/m);
  expect(out).toMatch(/^\+ {3}task\("clean", \(\) => 1\);$/m);
});
