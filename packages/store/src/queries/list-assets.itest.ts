import { afterAll, beforeAll, expect, test } from "vitest";
import { aChange, aCreation, aFile, aGraph, AN_INSTANT, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;

beforeAll(async () => {
  store = await testStore();
  const writer = aGraph("writer");
  const task = {
    ...writer.tasks[0],
    owner: "ada",
    pool: "default_pool",
    taskId: "write",
    outlets: ["s3://orders", "s3://prices"],
  };
  await store.engine.saveFiles(
    [
      aFile("writer.dag.ts", ["writer"], { graph: { ...writer, tasks: [task] } }),
      aFile("reader.dag.ts", ["reader"], {
        graph: aGraph("reader", {
          kind: "assets",
          rule: { all: [{ asset: "s3://orders" }, { asset: "s3://elsewhere" }] },
        }),
      }),
    ],
    { complete: true, pausedUponCreation: false },
  );
});
afterAll(() => store.close());

test("assets are those that DAGs name, with who updates and who follows them", async () => {
  expect(await store.queries.listAssets()).toEqual({
    items: [
      { uri: "s3://elsewhere", producers: [], consumers: ["reader"] },
      { uri: "s3://orders", producers: [{ dagId: "writer", taskId: "write" }], consumers: ["reader"] },
      { uri: "s3://prices", producers: [{ dagId: "writer", taskId: "write" }], consumers: [] },
    ],
  });
  const first = await store.queries.listAssets({ limit: 1 });
  const rest = await store.queries.listAssets({ limit: 2, ...(first.next !== undefined && { after: first.next }) });
  expect(rest.items.map(({ uri }) => uri)).toEqual(["s3://orders", "s3://prices"]);
  expect((await store.queries.listAssets({ search: "PRI" })).items.map(({ uri }) => uri)).toEqual(["s3://prices"]);
});

test("updates come newest first, with who made them; an update from outside queues for those that follow", async () => {
  const runId = await store.engine.reserveRunIds(1);
  const update = { uri: "s3://orders", taskId: "write", mapIndex: -1, extra: '{"rows":3}' };
  await store.commitRuns(aCreation(runId, { dagId: "writer", runKey: "one" }));
  await store.commitRuns(aChange(runId, { assets: [update] }));
  const updated = await store.queries.updateAsset("s3://orders", '{"by":"hand"}');
  expect(updated.queuedFor).toEqual(["reader"]);
  const { items } = await store.queries.listAssetEvents({ uri: "s3://orders" });
  expect(items).toMatchObject([
    { eventId: updated.eventId, uri: "s3://orders", extra: '{"by":"hand"}', at: updated.at },
    { dagId: "writer", runKey: "one", taskId: "write", mapIndex: -1, extra: '{"rows":3}' },
  ]);
  expect(items[0].runKey).toBeUndefined();
  expect((await store.queries.listAssets({ uri: "s3://orders" })).items[0].updatedAt).toBe(updated.at);
  expect((await store.engine.queuedAssetEvents(["reader"])).map(({ eventId }) => eventId)).toContain(updated.eventId);
  expect(updated.at).toBeGreaterThan(AN_INSTANT);
});

test.each([
  ["a URI with a space", "s3://a b", null],
  ["an extra that is no object", "s3://orders", "[1]"],
  ["an extra that is no JSON", "s3://orders", "{"],
])("%s is refused", async (_, uri, extra) => {
  await expect(store.queries.updateAsset(uri, extra)).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
});

test("a new version says anew which tasks update what, and keeps the numbers and ages of what stays", async () => {
  const graph = aGraph("again");
  const versionWith = (outlets: Readonly<Record<string, readonly string[]>>) =>
    aFile("again.dag.ts", ["again"], {
      graph: {
        ...graph,
        tasks: Object.entries(outlets).map(([taskId, uris]) => ({
          ...graph.tasks[0],
          owner: "ada",
          pool: "default_pool",
          taskId,
          outlets: uris,
        })),
      },
      graphHash: JSON.stringify(outlets),
    });
  const save = (file: ReturnType<typeof aFile>) =>
    store.engine.saveFiles([file], { complete: false, pausedUponCreation: false });
  await save(versionWith({ a: ["s3://kept", "s3://left"], b: ["s3://kept"] }));
  const before = await store.assets.findAsset("s3://kept");
  expect(before?.producers).toMatchObject([{ taskId: "a" }, { taskId: "b" }]);
  await save(versionWith({ a: ["s3://kept"], c: ["s3://kept"] }));
  const after = await store.assets.findAsset("s3://kept");
  expect(after?.assetId).toBe(before?.assetId);
  expect(after?.producers).toMatchObject([before?.producers[0], { taskId: "c" }]);
  expect((await store.assets.findAsset("s3://left"))?.producers).toEqual([]);
  // Nobody names it, and it was never updated.
  expect((await store.queries.listAssets({ uri: "s3://left" })).items).toEqual([]);
});
