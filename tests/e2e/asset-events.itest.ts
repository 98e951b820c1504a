import { expect, test } from "vitest";
import { startEngine } from "../harness/engine-harness.ts";

const DAGS = `
import { asset, dag } from "millrace";
const orders = asset("file:///orders");
export const write = dag("write", ({ task }) => {
  task("write", { outlets: [orders] }, (_, { assets, conf }) => assets.attach(orders, { rows: conf.rows }));
});
export const follow = dag("follow", { schedule: orders }, ({ task }) => {
  const first = task("first", (_, { assets }) => assets.triggering);
  task("second", { input: { first } }, async ({ first }, { assets, render }) => ({
    same: JSON.stringify(first) === JSON.stringify(assets.triggering),
    rendered: await render("{{ triggering_asset_events | length }}"),
  }));
});
`;

test("a run that assets have triggered sees the updates that made it start, in all of its tasks", async () => {
  await using engine = await startEngine();
  await engine.deploy(DAGS);
  const { runKey } = await engine.trigger("write", { conf: '{"rows": 3}' });
  const { runId } = await engine.committed((run) => run.dagId === "follow" && run.state === "success");
  const [[first], [second]] = await engine.store.engine.readResults(
    ["first", "second"].map((taskId) => ({ runId, taskId, mapIndex: -1 })),
  );
  expect(JSON.parse(first.json)).toMatchObject([
    { uri: "file:///orders", extra: { rows: 3 }, dagId: "write", runId: runKey, taskId: "write" },
  ]);
  expect(JSON.parse(second.json)).toEqual({ same: true, rendered: "1" });
});
