import { asset, connection, cron, dag, defer, operator, Permanent, RetryAfter, variable } from "millrace";
import { expect, test } from "vitest";
import { testMappedTask, testOperator, testTask } from "./index.ts";

const report = asset("s3://report");

const orders = dag(
  "orders",
  { schedule: cron("0 6 * * *"), start: "2025-10-01", params: { limit: 3 } },
  ({ task, map, branch, sensor, shortCircuit }) => {
    const rows = task("extract", (_, { params }) => [1, 2, 3].slice(0, params.limit));
    const doubled = map("double", { each: { row: rows }, mapName: "row {{ row }}" }, ({ row }) => row * 2);
    task(
      "sum",
      { input: { doubled }, outlets: [report], retries: 1 },
      ({ doubled }, { xcom, assets, dataInterval }) => {
        xcom.push("count", doubled.length);
        assets.attach(report, { day: dataInterval.start });
        return doubled.reduce((a, b) => a + b, 0);
      },
    );
    branch("way", { input: { rows } }, ({ rows }) => (rows.length > 2 ? "many" : "few"));
    shortCircuit("any", { input: { rows } }, ({ rows }) => rows.length > 0);
    sensor("file", { every: "1m", timeout: "1h" }, (_, { now }) => (now() > "2025-10-03T06:30" ? "found" : false));
    task("wait", (_, { resumed, now }) =>
      resumed ? { state: resumed.state, at: now() } : defer({ for: "2h", state: 7 }),
    );
    task("set", () => new Set([1]));
    task("bad", () => ({ rows: [{ at: () => 1 }] }));
    task("busy", { retries: 1 }, () => {
      throw new RetryAfter("30s", "busy");
    });
  },
);

test("one task runs with a real context: params, interval, xcoms, assets", async () => {
  const sum = await testTask(orders, "sum", { input: { doubled: [2, 4] }, logicalDate: "2025-10-02T06:00:00Z" });
  expect(sum).toMatchObject({ state: "success", result: 6, xcoms: { count: 2 } });
  expect(sum.assets).toEqual([
    { uri: "s3://report", taskId: "sum", mapIndex: -1, extra: { day: "2025-10-02T06:00:00+00:00" } },
  ]);
  expect((await testTask(orders, "extract", { conf: { limit: 1 } })).result).toEqual([1]);
});

test("inputs come by name or from results of upstream tasks, and a missing one is named with both ways", async () => {
  expect((await testTask(orders, "sum", { results: { double: [1, 2, 3] } })).result).toBe(6);
  await expect(testTask(orders, "sum")).rejects.toThrow(
    'sum needs doubled: give the test input: { "doubled": … }, or results: { "double": … }',
  );
  await expect(testTask(orders, "sum", { results: { dubble: [] } })).rejects.toThrow(
    "the DAG orders has no task dubble: did you mean double?",
  );
  await expect(testTask(orders, "summ")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("an instance of a mapped task, or all of them", async () => {
  expect(await testTask(orders, "double", { results: { extract: [5, 6] }, mapIndex: 1 })).toMatchObject({
    mapIndex: 1,
    result: 12,
    mapName: "row 6",
  });
  const all = await testMappedTask(orders, "double", { results: { extract: [5, 6, 7] } });
  expect(all.map(({ result }) => result)).toEqual([10, 12, 14]);
  expect((await testTask(orders, "double", { input: { row: 4 } })).result).toBe(8);
  await expect(testTask(orders, "double", { results: { extract: [5] } })).rejects.toThrow(/say which mapIndex/);
  await expect(testMappedTask(orders, "sum")).rejects.toThrow(/is not mapped/);
});

test("a branch says what it chose", async () => {
  expect((await testTask(orders, "way", { results: { extract: [1, 2, 3] } })).chosen).toEqual(["many"]);
  expect((await testTask(orders, "any", { results: { extract: [] } })).chosen).toEqual([]);
});

test("a sensor looks until it finds something, and a deferral goes on at its time", async () => {
  const at = { logicalDate: "2025-10-02T06:00:00Z" };
  expect(await testTask(orders, "file", at)).toMatchObject({
    state: "success",
    result: "found",
    elapsedSeconds: 1_800,
  });
  const late = await testTask(orders, "file", { ...at, bodies: { file: () => false } });
  expect(late).toMatchObject({ state: "failed", code: "SENSOR_TIMEOUT", elapsedSeconds: 3_600 });
  expect(await testTask(orders, "wait", at)).toMatchObject({
    result: { state: 7, at: "2025-10-03T08:00:00+00:00" },
    starts: 2,
  });
});

test("a result goes through storage: what cannot be stored fails, and what can comes back as it was", async () => {
  expect((await testTask(orders, "set")).result).toEqual(new Set([1]));
  const bad = await testTask(orders, "bad");
  expect(bad).toMatchObject({ state: "failed", code: "NOT_STORABLE" });
  expect(bad.reason).toContain("rows[0].at");
});

test("a failure says whether another try would follow, and when", async () => {
  expect(await testTask(orders, "busy")).toMatchObject({ state: "up_for_retry", retryAfterSeconds: 30 });
  expect(await testTask(orders, "busy", { tryNumber: 2 })).toMatchObject({ state: "failed", tryNumber: 2 });
  const permanent = {
    bodies: {
      busy: () => {
        throw new Permanent("no");
      },
    },
  };
  expect(await testTask(orders, "busy", permanent)).toMatchObject({ state: "failed", reason: "Permanent: no" });
});

test("an operator is tested alone, with its connections, variables and templates", async () => {
  const call = operator({
    name: "CallOperator",
    templated: ["path"],
    schema: { type: "object", properties: { path: { type: "string" } } },
    run: async (
      { path, api, shop }: { path: string; api: { host?: string; password?: { reveal(): string } }; shop: string },
      { log },
    ) => {
      console.log("the key is", api.password?.reveal());
      log.info("calling", { path });
      return `${api.host}/${shop}${path}`;
    },
  });
  const called = await testOperator(call({ path: "/{{ ds }}", api: connection("shop"), shop: variable("shop") }), {
    connections: { shop: "http://me:s3cret@shop.example:8080" },
    variables: { shop: "north" },
  });
  expect(called).toMatchObject({ state: "success", result: "shop.example/north/2026-01-01" });
  expect(called.rendered).toEqual({ path: "/2026-01-01" });
  expect(called.logs.map(({ source, message }) => `${source}: ${message}`)).toEqual([
    "console: the key is ***",
    "task: calling",
  ]);
});

test("a result and a named value that are too large for a row come back whole", async () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => ({ row, text: "as it is" }));
  const large = operator({
    name: "LargeOperator",
    run: (_: object, { xcom }) => {
      xcom.push("rows", rows);
      return rows;
    },
  });
  expect(await testOperator(large({}))).toMatchObject({ state: "success", result: rows, xcoms: { rows } });
});
