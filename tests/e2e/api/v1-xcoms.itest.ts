import { afterAll, beforeAll, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const values = dag("values", ({ task, map }) => {
  task("dict", () => ({ key: "value", n: 1, yes: true, none: null }));
  task("text", () => "plain");
  task("rich", () => ({ at: new Date("2020-01-01T00:00:00Z"), big: 12n }));
  task("large", () => "x".repeat(20_000));
  const list = task("list", () => [1, 2]);
  map("each", { each: { n: list } }, ({ n }, { xcom }) => { xcom.push("own", n); return n * 10; });
});
export const other = dag("other", ({ task, map }) => { task("a", () => 1); });
`;
const TASKS = "/api/v1/dags/values/dagRuns/r1/taskInstances";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  for (const dagId of ["values", "other"]) {
    const { runId } = await server.engine.trigger(dagId, { runKey: "r1", logicalDate: 1_600_000_000_000_000 });
    expect(await server.engine.ended(runId)).toBe("success");
  }
});
afterAll(() => server[Symbol.asyncDispose]());

const value = async (path: string) => (await server.get(`${TASKS}/${path}`)).json.value;

test("a value is Python's text, or native where it is asked for", async () => {
  expect(await value("dict/xcomEntries/return_value")).toBe("{'key': 'value', 'n': 1, 'yes': True, 'none': None}");
  expect(await value("dict/xcomEntries/return_value?stringify=false")).toEqual({
    key: "value",
    n: 1,
    yes: true,
    none: null,
  });
  expect(await value("text/xcomEntries/return_value")).toBe("plain");
  expect(await value("each/xcomEntries/return_value?map_index=1&stringify=false")).toBe(20);
  expect(await value("each/xcomEntries/own?map_index=0")).toBe("1");
});

test("rich and large values can be read, too", async () => {
  expect(await value("rich/xcomEntries/return_value")).toMatch(
    /^\{'at': datetime\.datetime\(2020, 1, 1.*, 'big': 12\}$/,
  );
  expect(await value("rich/xcomEntries/return_value?stringify=false")).toEqual({
    at: "2020-01-01T00:00:00.000Z",
    big: "12",
  });
  expect(await value("large/xcomEntries/return_value?stringify=false")).toHaveLength(20_000);
});

test("what is not there is 404, and what is not allowed says so", async () => {
  expect((await server.get(`${TASKS}/dict/xcomEntries/nothing`)).json).toMatchObject({
    status: 404,
    title: "XCom entry not found",
  });
  expect((await server.get(`${TASKS}/each/xcomEntries/return_value`)).status).toBe(404);
  expect((await server.get(`${TASKS}/dict/xcomEntries/return_value?deserialize=true`)).json).toMatchObject({
    status: 400,
    detail: "XCom deserialization is disabled in configuration.",
  });
});

test("lists are without values, by task, index and key, filtered, over all that the caller may read", async () => {
  const list = async (url: string, as?: ReturnType<typeof aCaller>) => {
    const { json } = await server.get(url, as ? { as } : {});
    const shown = json.xcom_entries.map(
      (each: { task_id: string; map_index: number; key: string }) => `${each.task_id}[${each.map_index}].${each.key}`,
    );
    return `${shown.join(" ")} of ${json.total_entries}`;
  };
  const { json } = await server.get(`${TASKS}/dict/xcomEntries`);
  expect(json.xcom_entries).toEqual([
    {
      dag_id: "values",
      execution_date: "2020-09-13T12:26:40+00:00",
      key: "return_value",
      map_index: -1,
      task_id: "dict",
      timestamp: expect.any(String),
    },
  ]);
  const each = "each[0].own each[0].return_value each[1].own each[1].return_value";
  expect(await list(`${TASKS}/each/xcomEntries`)).toBe(`${each} of 4`);
  expect(await list(`${TASKS}/each/xcomEntries?map_index=1&limit=1`)).toBe("each[1].own of 2");
  expect(await list(`${TASKS}/~/xcomEntries?xcom_key=own`)).toBe("each[0].own each[1].own of 2");
  const as = aCaller("can_read DAG:other", "can_read DAG Runs", "can_read Task Instances", "can_read XComs");
  expect(await list("/api/v1/dags/~/dagRuns/~/taskInstances/~/xcomEntries", as)).toBe("a[-1].return_value of 1");
});
