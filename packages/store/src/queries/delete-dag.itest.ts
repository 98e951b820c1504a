import { afterEach, beforeEach, expect, test } from "vitest";
import { aChange, aCreation, aFile, anEnd, anInsert, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;

beforeEach(async () => {
  store = await testStore();
  await store.engine.saveFiles([aFile("gone.dag.ts", ["gone"]), aFile("kept.dag.ts", ["kept"])], {
    complete: true,
    pausedUponCreation: false,
  });
});
afterEach(() => store.close());

/** The file of "gone" is deleted. */
async function deleteFile(): Promise<void> {
  await store.engine.saveFiles([aFile("kept.dag.ts", ["kept"])], { complete: true, pausedUponCreation: false });
}

async function makeRun(dagId: string, state: "running" | "success"): Promise<number> {
  const runId = await store.engine.reserveRunIds(1);
  await store.commitRuns(aCreation(runId, { dagId, runKey: `r${runId}` }, { instances: [anInsert("a")] }));
  const ends = aChange(runId, {
    instances: [anEnd("a")],
    xcoms: [{ taskId: "a", mapIndex: -1, key: "k", value: { json: "1" } }],
  });
  if (state === "success") await store.commitRuns({ ...ends, run: { state: "success" } });
  return runId;
}

test("a DAG whose file is gone goes with its runs and all that they have, and nothing else does", async () => {
  const mine = await makeRun("gone", "success");
  const other = await makeRun("kept", "success");
  await deleteFile();
  expect(await store.queries.deleteDag("gone")).toBe(1);
  expect(await store.queries.findDag("gone")).toBeUndefined();
  expect(await store.queries.findRunById(mine)).toBeUndefined();
  for (const table of ["run_change", "task_instance", "xcom"]) {
    const rows = await store.sql(`select distinct run_id::integer from millrace.${table} where run_id = any ($1)`, [
      [mine, other],
    ]);
    expect(rows).toEqual([{ run_id: other }]);
  }
});

test("more runs than go in one transaction go, too", async () => {
  const first = await store.engine.reserveRunIds(130);
  const runs = Array.from({ length: 130 }, (_, n) =>
    aCreation(first + n, { dagId: "gone", runKey: `r${n}` }, { run: {} }),
  );
  await store.commitRuns(...runs);
  await store.sql("update millrace.dag_run set state = 'success'");
  await deleteFile();
  expect(await store.queries.deleteDag("gone")).toBe(130);
  expect(await store.sql("select count(*)::integer as left from millrace.dag_run")).toEqual([{ left: 0 }]);
});

test("a DAG that a file declares is kept, with its runs", async () => {
  const runId = await makeRun("gone", "success");
  await expect(store.queries.deleteDag("gone")).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await store.queries.findRunById(runId)).toBeDefined();
});

test("a DAG that a file declares goes when that is wished and it is paused, and its file is asked to be read again", async () => {
  await makeRun("gone", "success");
  await expect(store.queries.deleteDag("gone", { declaredToo: true })).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("not paused") as unknown,
  });
  await store.sql("update millrace.dag set paused = true where dag_id = 'gone'");
  expect(await store.queries.deleteDag("gone", { declaredToo: true })).toBe(1);
  expect(await store.queries.findDag("gone")).toBeUndefined();
  expect(await store.parseRequests.open({ host: "a-host", pid: 1 })).toEqual(["gone.dag.ts"]);
});

test("nobody is asked to read the file of a DAG that no file declares", async () => {
  await deleteFile();
  await store.queries.deleteDag("gone", { declaredToo: true });
  expect(await store.parseRequests.open({ host: "a-host", pid: 1 })).toEqual([]);
});

test("a DAG with a run that has not ended is kept, and so are the commands that wait for it", async () => {
  await makeRun("gone", "running");
  await deleteFile();
  await store.engine.send("gone", { kind: "trigger" }, "somebody");
  await expect(store.queries.deleteDag("gone")).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await store.queries.findDag("gone")).toBeDefined();
  expect(await store.engine.readInbox(["gone"], 10)).toHaveLength(1);
});

test("a DAG with an open backfill is kept until that is cancelled", async () => {
  await deleteFile();
  await store.sql(`insert into millrace.backfill (dag_id, from_date, to_date, reprocess, reverse, max_active_runs, by)
    values ('gone', now(), now(), 'none', false, 1, 'somebody')`);
  await expect(store.queries.deleteDag("gone")).rejects.toMatchObject({ code: "CONFLICT" });
  await store.sql("update millrace.backfill set state = 'cancelled', ended_at = now()");
  expect(await store.queries.deleteDag("gone")).toBe(0);
});

test("a DAG that is not there is not found", async () => {
  await expect(store.queries.deleteDag("nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
});
