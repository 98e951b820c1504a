import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FoundFile, GraphTask } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aFile, aGraph, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;

const ALL = { complete: true, pausedUponCreation: false } as const;

function aTask(taskId: string, task: Partial<GraphTask> = {}): GraphTask {
  return { taskId, owner: "ada", pool: "default_pool", ...task } as GraphTask;
}

/** A file with one DAG. */
function file(dagId: string, tags: readonly string[], tasks: readonly GraphTask[] = []): FoundFile {
  const graph = aGraph(dagId, { kind: "cron", expression: "@daily", zone: "UTC" });
  return aFile(`/dags/${dagId}.dag.ts`, [dagId], {
    graph: { ...graph, dag: { ...graph.dag, tags, description: `about ${dagId}` }, tasks },
  });
}

const broken: FoundFile = {
  file: "/dags/orders_10.dag.ts",
  dags: [],
  errors: [{ file: "/dags/orders_10.dag.ts", message: "no such name", line: 3, column: 1, stack: "at 3:1" }],
};

beforeAll(async () => {
  store = await testStore();
  const files = [
    file(
      "orders_1",
      ["sales", "daily"],
      [aTask("a", { owner: "bob" }), aTask("b"), aTask("c", { maxActivePerDag: 1 })],
    ),
    file("orders_2", ["sales"], [aTask("a", { pool: "slow" }), aTask("b", { pool: "gone" })]),
    file("orders_10", ["nul\0tag"]),
    file("users", []),
    aFile("/dags/old.dag.ts", ["old"]),
  ];
  await store.engine.saveFiles(files, ALL);
  await store.engine.saveFiles([...files.slice(0, 2), broken, files[3]], ALL);
  await store.sql("update millrace.dag set paused = true where dag_id = 'users'");
});
afterAll(() => store.close());

async function ids(
  filter: Omit<Parameters<TestStore["dagLists"]["listDags"]>[0], "limit" | "offset">,
): Promise<string[]> {
  const { items, total } = await store.dagLists.listDags({ ...filter, limit: 100, offset: 0 });
  expect(total).toBe(items.length);
  return items.map(({ dagId }) => dagId);
}

describe("DAGs by position", () => {
  test("they come by id as texts compare, upward and downward", async () => {
    expect(await ids({})).toEqual(["old", "orders_1", "orders_10", "orders_2", "users"]);
    expect(await ids({ descending: true })).toEqual(["users", "orders_2", "orders_10", "orders_1", "old"]);
  });

  test("a page says how long the whole list is, also behind its end", async () => {
    const page = await store.dagLists.listDags({ limit: 2, offset: 1 });
    expect(page).toMatchObject({ total: 5, items: [{ dagId: "orders_1" }, { dagId: "orders_10" }] });
    expect(await store.dagLists.listDags({ limit: 2, offset: 50 })).toEqual({ total: 5, items: [] });
  });

  test("filters leave out what does not fit them", async () => {
    expect(await ids({ onlyActive: true })).not.toContain("old");
    expect(await ids({ paused: true })).toEqual(["users"]);
    expect(await ids({ paused: false })).not.toContain("users");
    expect(await ids({ tags: ["daily", "nothing"] })).toEqual(["orders_1"]);
    expect(await ids({ tags: ["sales"] })).toEqual(["orders_1", "orders_2"]);
    expect(await ids({ idPart: "DERS_1" })).toEqual(["orders_1", "orders_10"]);
    expect(await ids({ idPart: "%" })).toEqual([]);
    expect(await ids({ dagIds: ["users", "nothing"] })).toEqual(["users"]);
    expect(await ids({ dagIds: [] })).toEqual([]);
  });

  test("what a version says of itself is shown without its graph", async () => {
    await store.sql("update millrace.dag_version set graph = 'not read' where dag_id = 'orders_1'");
    expect(await store.dagLists.findDag("orders_1")).toMatchObject({
      tags: ["sales", "daily"],
      owners: ["ada", "bob"],
      description: "about orders_1",
      schedule: { kind: "cron", expression: "@daily" },
      maxActiveRuns: 16,
      hasTaskLimits: true,
      hasImportErrors: false,
    });
    expect(await store.dagLists.findDag("orders_10")).toMatchObject({
      tags: ["nul\uFFFDtag"],
      hasTaskLimits: false,
      hasImportErrors: true,
    });
    expect(await store.dagLists.findDag("nothing")).toBeUndefined();
  });
});

describe("DAG files", () => {
  test("a file has its last good text, and the DAGs that it declares", async () => {
    expect(await store.dagLists.findSource("/dags/orders_10.dag.ts")).toBe("as written");
    expect(await store.dagLists.findSource("/etc/passwd")).toBeUndefined();
    expect(await store.dagLists.dagsOfFiles(["/dags/users.dag.ts", "/dags/none"])).toEqual([
      { file: "/dags/users.dag.ts", dagId: "users" },
    ]);
  });

  test("import errors are listed for those who may see a DAG of the file", async () => {
    const list = { by: "file", descending: true, limit: 10, offset: 0 } as const;
    const { items, total } = await store.dagLists.listImportErrors(list);
    expect({ items, total }).toMatchObject({
      total: 1,
      items: [{ file: "/dags/orders_10.dag.ts", message: "no such name", line: 3, stack: "at 3:1" }],
    });
    expect(await store.dagLists.findImportError(items[0].importErrorId)).toEqual(items[0]);
    expect(await store.dagLists.findImportError(0)).toBeUndefined();
    expect((await store.dagLists.listImportErrors({ ...list, dagIds: ["users"] })).total).toBe(0);
    expect((await store.dagLists.listImportErrors({ ...list, dagIds: ["orders_10"] })).total).toBe(1);
  });

  test("a pool that does not exist is a warning until it is made", async () => {
    const list = { by: "dagId", descending: false, limit: 10, offset: 0 } as const;
    expect(await store.dagLists.listWarnings(list)).toMatchObject({
      total: 1,
      items: [{ dagId: "orders_2", type: "non-existent pool", missingPools: ["gone", "slow"] }],
    });
    expect((await store.dagLists.listWarnings({ ...list, dagIds: ["users"] })).total).toBe(0);
    for (const pool of ["slow", "gone"])
      await store.queries.setPool({ pool, slots: 1, description: "", includeDeferred: false, order: "fair" });
    expect((await store.dagLists.listWarnings(list)).total).toBe(0);
  });
});

test("a wish to read a file again is written down once, until it is done; processors say that they live", async () => {
  const { parseRequests } = store;
  const me = { host: "a-host", pid: 1 };
  expect(await parseRequests.lastHeartbeat()).toBeUndefined();
  expect(await parseRequests.ask("/dags/users.dag.ts")).toBe(true);
  expect(await parseRequests.ask("/dags/users.dag.ts")).toBe(false);
  expect(await parseRequests.open(me)).toEqual(["/dags/users.dag.ts"]);
  expect(await parseRequests.lastHeartbeat()).toEqual(expect.any(Number));
  await parseRequests.done(["/dags/users.dag.ts"]);
  expect(await parseRequests.open(me)).toEqual([]);
  await parseRequests.leave(me);
  expect(await parseRequests.lastHeartbeat()).toBeUndefined();
});

test("the migration fills in what lists show of versions that were there before", async () => {
  await using other = await testStore();
  await other.engine.saveFiles([file("orders_1", ["sa\0les"], [aTask("a", { owner: "bob" })])], ALL);
  const before = await other.dagLists.findDag("orders_1");
  await other.sql(
    "alter table millrace.dag_version drop column tags, drop column owners, drop column pools, drop column summary",
  );
  await other.sql("drop table millrace.parse_request, millrace.dag_processor");
  await other.sql(await migrationText());
  expect(await other.dagLists.findDag("orders_1")).toEqual(before);
});

async function migrationText(): Promise<string> {
  const folder = join(import.meta.dirname, "../migrations");
  const name = (await readdir(folder)).find((each) => each.endsWith("-dag-lists.sql")) ?? "";
  return await readFile(join(folder, name), "utf8");
}
