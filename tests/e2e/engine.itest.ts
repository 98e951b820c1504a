import { openPool } from "@millrace/store";
import { expect, test } from "vitest";
import { startEngine } from "../harness/engine-harness.ts";

const CHAIN = `
import { dag } from "millrace";
export const chain = dag("chain", ({ task }) => {
  let last = task("t0", () => 1);
  for (let i = 1; i < 40; i += 1) last = task("t" + i, { input: { last } }, ({ last }) => last + 1);
});
export const fan = dag("fan", ({ task, map }) => {
  const list = task("list", () => Array.from({ length: 100 }, (_, i) => i));
  const doubled = map("double", { each: { n: list } }, ({ n }) => n * 2);
  task("sum", { input: { doubled } }, ({ doubled }) => doubled.reduce((a, b) => a + b, 0));
});
`;

test("a chain of 40 tasks passes its value along to the end", async () => {
  await using engine = await startEngine();
  await engine.deploy(CHAIN);
  const { runId } = await engine.trigger("chain");
  expect(await engine.ended(runId)).toBe("success");
  const [[last]] = await engine.store.engine.readResults([{ runId, taskId: "t39", mapIndex: -1 }]);
  expect(JSON.parse(last.json)).toBe(40);
});

test("a mapped task runs once per element and is joined in order", async () => {
  await using engine = await startEngine();
  await engine.deploy(CHAIN);
  const { runId } = await engine.trigger("fan");
  expect(await engine.ended(runId)).toBe("success");
  const [[sum]] = await engine.store.engine.readResults([{ runId, taskId: "sum", mapIndex: -1 }]);
  expect(JSON.parse(sum.json)).toBe(9900);
});

test("hundreds of DAGs that are due at once all get their run, and so do those that follow one asset", async () => {
  const count = 1_200;
  const dags = Array.from(
    { length: count },
    (_, i) =>
      `export const d${i} = dag("d${i}", { schedule: ${i % 2 ? "every('1d')" : "data"} }, ({ empty }) => { empty("e"); });`,
  );
  await using engine = await startEngine();
  await using pool = await openPool({ url: engine.url, max: 2 });
  await engine.deploy(`import { asset, dag, every } from "millrace";
const data = asset("file:///data");
export const source = dag("source", ({ task }) => { task("t", { outlets: [data] }, () => 1); });
${dags.join("\n")}`);
  await engine.trigger("source");
  const succeeded = "select count(*)::int as n from millrace.dag_run where state = 'success'";
  await expect
    .poll(async () => (await pool.query<{ n: number }>(succeeded)).rows[0].n, { timeout: 30_000 })
    .toBe(count + 1);
});
