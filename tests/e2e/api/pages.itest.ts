import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aCaller, startServer, type Answered, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { asset, connection, dag, page, param } from "millrace";

const published = asset("file:///published");

export const orders = dag("orders", ({ task }) => {
  const count = task("count", { outlets: [published] }, (_, { xcom }) => {
    xcom.push("sources", { a: 1, b: 2 });
    return 42;
  });
  task("broken", { after: [count] }, () => {
    throw new Error("no more disk");
  });
});
export const stock = dag("stock", ({ task }) => void task("only", () => "x".repeat(20_000)));

export const health = page(
  "orders_health",
  { title: "Health of the orders", dag: orders, icon: "heart", params: { last: param(5, { type: "integer", minimum: 1 }) } },
  async (ctx) => {
    const [run] = await ctx.runs(orders, { limit: ctx.params.last });
    const [result] = await ctx.results(orders, "count");
    const [sources] = await ctx.results(orders, "count", { key: "sources" });
    const failed = await ctx.instances(orders, { states: ["failed"] });
    const updates = await ctx.assetEvents(published);
    return [
      { kind: "stat", title: "Orders", value: result.value as number, state: "ok", link: result.link },
      { kind: "series", title: "Over time", lines: [{ label: "n", points: [[ctx.now(), 2], [run.logicalDate, 1]] }] },
      { kind: "bars", title: "Sources", bars: Object.entries(sources.value as object).map(([label, value]) => ({ label, value })) },
      {
        kind: "table",
        title: "Failures",
        columns: [{ key: "task", title: "Task" }, { key: "at", title: "At", as: "time" }, { key: "why", title: "Why" }],
        rows: failed.map((one) => ({ task: { value: one.taskId, state: one.state, link: one.link }, at: one.endedAt, why: one.reason })),
      },
      { kind: "status", title: "Updates", items: updates.map((one) => ({ label: one.uri, state: "ok", at: one.at })) },
      { kind: "text", title: "Last", text: "last " + ctx.params.last + ", " + JSON.stringify(run.tasks) },
    ];
  },
);
export const both = page("both", { title: "Both", reads: [orders, "stock"] }, async (ctx) => {
  const [large] = await ctx.results(stock, "only");
  return [{ kind: "text", title: "Large", text: large.isTooLarge + " " + String(large.value) }];
});

let computed = 0;
export const counted = page("counted", { title: "Counted" }, () => [
  { kind: "text", title: "pid", text: process.pid + " " + (computed += 1) },
]);
export const fresh = page("fresh", { title: "Fresh", refreshSeconds: 5, params: { n: param(0) } }, ({ params }) => [
  { kind: "text", title: "pid", text: process.pid + " " + params.n },
]);
export const nosy = page("nosy", { title: "Nosy", dag: orders }, async ({ runs }) => {
  await runs(stock);
  return [];
});
export const secretive = page(
  "secretive",
  { title: "Secretive", connections: ["shop"], variables: ["limit", "shop_password"], params: { mode: param("show") } },
  async (ctx) => {
    const { password, host } = await ctx.connection("shop");
    const text = [host, password.reveal(), await ctx.variable("shop_password"), await ctx.variable("limit", "7")].join(" ");
    if (ctx.params.mode === "fail") throw new Error("refused: " + text);
    if (ctx.params.mode === "undeclared") await ctx.connection("other");
    return [{ kind: "text", title: text, text: ctx.params.mode === "cut" ? "x" : text }];
  },
);
export const endless = page("endless", { title: "Endless", executionTimeout: "500ms" }, () => {
  for (;;);
});
export const waits = page("waits", { title: "Waits", executionTimeout: "300ms" }, () => new Promise(() => {}));
export const crash = page("crash", { title: "Crash" }, () => {
  process.abort();
});
export const exits = page("exits", { title: "Exits" }, () => {
  process.exit(3);
});
export const hungry = page("hungry", { title: "Hungry" }, () => {
  const all = [];
  for (;;) all.push(new Array(100_000).fill(Math.random()));
});
export const huge = page("huge", { title: "Huge" }, () => [
  { kind: "text", title: "x", text: "y".repeat(3_000_000) },
]);
export const wrong = page("wrong", { title: "Wrong" }, () => [
  { kind: "stat", title: "Fine", value: 1 },
  { kind: "bars", title: "Off", bars: [{ label: "a", value: "much" }] },
]);
export const throws = page("throws", { title: "Throws" }, () => {
  throw new TypeError("that is no list");
});
`;

const ROOT = "/api/millrace/v1";
let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.engine.store.queries.setConnection({
    connectionId: "shop",
    connectionType: "http",
    value: "http://me:tell-nobody@shop.example",
  });
  await server.engine.store.queries.setVariable({ key: "shop_password", value: "hush-hush", secret: true });
  const runs = [await server.engine.trigger("orders"), await server.engine.trigger("stock")];
  for (const { runId } of runs) await server.engine.ended(runId);
});
afterAll(() => server[Symbol.asyncDispose]());

async function look(pageId: string, params?: object): Promise<Answered> {
  const query = params === undefined ? "" : `?params=${encodeURIComponent(JSON.stringify(params))}`;
  return await server.get(`${ROOT}/pages/${pageId}/data${query}`);
}

async function textOf(pageId: string, params?: object): Promise<string> {
  const { status, json } = await look(pageId, params);
  expect([status, json.detail]).toEqual([200, undefined]);
  return json.panels[0].text;
}

describe("what a page shows", () => {
  test("panels are made of runs, results, XComs, failures and updates of assets", async () => {
    const { status, json } = await look("orders_health");
    expect([status, json.detail]).toEqual([200, undefined]);
    expect(json.computedAt).toMatch(/^20.*\+00:00$/);
    const [stat, series, bars, table, list, text] = json.panels;
    expect(stat).toMatchObject({ value: 42, state: "ok", link: { dagId: "orders", taskId: "count", mapIndex: -1 } });
    expect(series.lines[0].points.map(([, value]: [string, number]) => value)).toEqual([1, 2]);
    expect(bars.bars).toEqual([
      { label: "a", value: 1 },
      { label: "b", value: 2 },
    ]);
    expect(table.rows).toMatchObject([{ task: { value: "broken", state: "failed" }, why: "Error: no more disk" }]);
    expect(list.items).toMatchObject([{ label: "file:///published", state: "ok" }]);
    expect(text.text).toBe('last 5, {"success":1,"failed":1}');
  });

  test("params are set by whoever looks, and checked", async () => {
    expect((await look("orders_health", { last: 3 })).json.panels[5].text).toContain("last 3");
    expect(await look("orders_health", { last: 0 })).toMatchObject({ status: 400, json: { code: "BAD_PARAM" } });
    expect((await look("orders_health", { first: 1 })).json.detail).toBe(
      "page orders_health has no param first; it has last",
    );
    expect((await server.get(`${ROOT}/pages/orders_health/data?params=[1]`)).status).toBe(400);
  });

  test("a result that is kept in a file is told as too large", async () => {
    expect(await textOf("both")).toBe("true undefined");
  });

  test("what was computed is shown to others, by one process that stays", async () => {
    const [first, second] = await Promise.all([textOf("counted"), textOf("counted")]);
    expect(second).toBe(first);
    expect(await textOf("counted")).toBe(first);
    const pids = new Set<string>();
    for (const n of [1, 2, 3]) pids.add((await textOf("fresh", { n })).split(" ")[0]);
    expect(pids.size).toBe(1);
  });
});

describe("code that does wrong", () => {
  const says = async (pageId: string, status: number, words: string | RegExp, params?: object): Promise<void> => {
    const { status: was, json } = await look(pageId, params);
    expect(json.detail).toMatch(words);
    expect(was).toBe(status);
  };

  test("an endless loop is stopped when its time is over, and what never answers, too", async () => {
    await says("endless", 504, "page endless was not computed within 0.5 s, so it was stopped");
    await says("waits", 504, "page waits was not computed within 0.3 s");
  });

  test("a process that dies, or wants to end, is an error of the page", async () => {
    await says("crash", 502, "page crash: the process that ran it was ended by SIGABRT");
    await says("exits", 502, "page exits: its code calls process.exit(3)");
    await says("hungry", 502, "page hungry: its code needs more than 256 MB of memory, so it was stopped");
  });

  test("what it throws is told with its place, and what no panel can show, too", async () => {
    await says("throws", 502, /^page throws: TypeError: that is no list \(at test-0\.dag\.ts:\d+\)$/);
    await says("wrong", 502, "page wrong: panel 2 (Off): bars.0.value must be number");
    await says("huge", 502, "page huge: its panels are 3000039 characters of JSON, more than the 1048576");
  });

  test("other pages are computed afterwards", async () => {
    expect(await textOf("fresh", { n: 9 })).toMatch(/ 9$/);
  });
});

describe("what a page may know", () => {
  test("only DAGs that it names", async () => {
    const { status, json } = await look("nosy");
    expect([status, json.code]).toEqual([502, "PAGE_FAILED"]);
    expect(json.detail).toContain("page nosy does not name the DAG stock: add it to its `reads`");
  });

  test("only connections and variables that it declares; what is secret in them is masked, wherever it turns up", async () => {
    const { json } = await look("secretive");
    expect(json.panels[0]).toMatchObject({ title: "shop.example *** *** 7", text: "shop.example *** *** 7" });
    expect((await look("secretive", { mode: "fail" })).json.detail).toContain("refused: shop.example *** *** 7");
    expect((await look("secretive", { mode: "undeclared" })).json.detail).toContain(
      "page secretive does not declare other: add it to its `connections`",
    );
  });
});

describe("who sees a page", () => {
  const seen = async (...permissions: readonly string[]): Promise<readonly string[]> => {
    const { json } = await server.get(`${ROOT}/pages`, { as: aCaller("can_read Website", ...permissions) });
    return json.items.map(({ pageId }: { readonly pageId: string }) => pageId);
  };

  test("those who may read all of its DAGs; to others it is not there", async () => {
    expect(await seen("can_read DAGs")).toEqual(expect.arrayContaining(["both", "counted", "nosy", "orders_health"]));
    const some = await seen("can_read DAG:orders");
    expect(some).toEqual(expect.arrayContaining(["counted", "orders_health"]));
    expect(some).not.toContain("both");
    expect(await seen()).not.toContain("orders_health");
    const as = aCaller("can_read Website", "can_read DAG:orders");
    expect((await server.get(`${ROOT}/pages/both/data`, { as })).status).toBe(404);
    expect((await server.get(`${ROOT}/pages/both`, { as })).status).toBe(404);
    expect((await server.get(`${ROOT}/pages/orders_health/data`, { as })).status).toBe(200);
    expect((await server.get(`${ROOT}/pages/counted`, { as: aCaller("can_read DAGs") })).status).toBe(403);
  });

  test("tabs of a DAG and pages of their own are listed apart", async () => {
    const ids = async (dagId: string): Promise<readonly string[]> =>
      (await server.get(`${ROOT}/pages?dagId=${dagId}`)).json.items.map((one: { pageId: string }) => one.pageId);
    expect(await ids("orders")).toEqual(["nosy", "orders_health"]);
    expect(await ids("~")).not.toContain("orders_health");
    expect(await ids("stock")).toEqual([]);
  });
});

test("a new version of the file is what is shown next, without waiting for what was computed before to be old", async () => {
  const before = await textOf("counted");
  await server.engine.deploy(DAGS.replace(`process.pid + " " + (computed += 1)`, `"changed " + (computed += 1)`));
  expect(await textOf("counted")).toBe("changed 1");
  expect(before).not.toContain("changed");
});

test("processes end with the server", async () => {
  const pid = (await textOf("fresh", { n: 77 })).split(" ")[0];
  const isRunning = (): boolean =>
    existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  expect(isRunning()).toBe(true);
  await server.ports.pages.close();
  await expect.poll(isRunning).toBe(false);
});
