import { asset, dag, page } from "millrace";
import { expect, test } from "vitest";
import { testPage } from "./index.ts";

const done = asset("s3://done");
const orders = dag("orders", ({ task }) => void task("count", { outlets: [done] }, () => 1));

const health = page(
  "health",
  { title: "Health", dag: orders, connections: ["shop"], variables: ["limit"], params: { last: 2 } },
  async (ctx) => {
    const { host } = await ctx.connection("shop");
    const runs = await ctx.runs(orders, { limit: ctx.params.last });
    const failed = await ctx.instances(orders, { states: ["failed"] });
    const counts = await ctx.results(orders, "count");
    const sources = await ctx.results(orders, "count", { key: "sources" });
    const events = await ctx.assetEvents(done);
    const shown = [
      ["host", host],
      ["limit", await ctx.variable("limit", "7")],
      ["runs", runs.map(({ state, tasks }) => [state, tasks])],
      ["failed", failed.map(({ taskId, mapIndex, reason }) => [taskId, mapIndex, reason])],
      ["counts", counts.map(({ value, endedAt }) => [value, endedAt])],
      ["sources", sources.map(({ value }) => value)],
      ["events", events.map(({ extra }) => extra)],
    ] as const;
    return shown.map(([title, value]) => ({ kind: "text", title, text: JSON.stringify(value) }));
  },
);

async function shown(options: Parameters<typeof testPage>[1]): Promise<Readonly<Record<string, unknown>>> {
  const panels = await testPage(health, options);
  return Object.fromEntries(
    panels.map((panel) => [panel.title, JSON.parse(panel.kind === "text" ? panel.text : "") as unknown]),
  );
}

const connections = { shop: "http://shop.example" };

test("a page reads the runs that the test gives it, the newest first", async () => {
  const runs = [
    { logicalDate: "2025-10-01T00:00:00Z", tasks: { count: { result: 1, xcoms: { sources: ["a"] } } } },
    { logicalDate: "2025-10-03T00:00:00Z", tasks: { count: { result: 3, endedAt: "2025-10-03T01:00:00Z" } } },
    {
      logicalDate: "2025-10-02T00:00:00Z",
      state: "failed" as const,
      tasks: { count: [{ result: 2 }, { state: "failed" as const, reason: "no disk" }] },
    },
  ];
  const assetEvents = [{ uri: "s3://done", extra: { n: 1 } }, { uri: "s3://other" }];
  expect(await shown({ connections, runs: { orders: runs }, assetEvents })).toEqual({
    host: "shop.example",
    limit: "7",
    runs: [
      ["success", { success: 1 }],
      ["failed", { success: 1, failed: 1 }],
    ],
    failed: [["count", 1, "no disk"]],
    counts: [
      [3, "2025-10-03T01:00:00+00:00"],
      [2, "2025-10-02T00:00:00+00:00"],
      [1, "2025-10-01T00:00:00+00:00"],
    ],
    sources: [["a"]],
    events: [{ n: 1 }],
  });
});

test("without runs everything is empty; params and variables are those of the test", async () => {
  const seen = await shown({ connections, params: { last: 1 }, variables: { limit: "9" } });
  expect(seen).toMatchObject({ limit: "9", runs: [], counts: [] });
});

test("what the server would refuse is refused", async () => {
  await expect(testPage(health)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(testPage(health, { params: { last: "x" } })).rejects.toMatchObject({ code: "BAD_PARAM" });
  const nosy = page("nosy", { title: "Nosy" }, async (ctx) => {
    await ctx.runs("orders");
    return [];
  });
  await expect(testPage(nosy)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  const odd = page("odd", { title: "Odd" }, () => [
    { kind: "stat", title: "x", value: new Date(0) as never, unit: 3 as never },
  ]);
  await expect(testPage(odd)).rejects.toThrow("panel 1 (x): unit must be string");
});
