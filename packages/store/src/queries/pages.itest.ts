import type { FoundFile, FoundPage } from "@millrace/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aFile, testStore, type TestStore } from "../testing/test-store.ts";

let store: TestStore;
beforeEach(async () => {
  store = await testStore();
});
afterEach(() => store.close());

const ALL = { complete: true, pausedUponCreation: false } as const;
const SOME = { complete: false, pausedUponCreation: false } as const;

function aPage(pageId: string, more: Partial<FoundPage> = {}): FoundPage {
  return {
    pageId,
    title: `Page ${pageId}`,
    dagIds: [],
    refreshSeconds: 60,
    timeLimitMs: 10_000,
    connections: [],
    variables: [],
    params: {},
    bundleHash: "",
    ...more,
  };
}

function withPages(name: string, ...pages: readonly FoundPage[]): FoundFile {
  const file = aFile(name, []);
  return { ...file, pages: pages.map((page) => ({ ...page, bundleHash: file.bundle?.hash ?? "" })) };
}

const ids = async (dagId?: string | null): Promise<readonly string[]> =>
  (await store.pages.list(dagId === undefined ? {} : { dagId })).items.map((page) => page.pageId);

describe("pages of files", () => {
  test("a page is found with its file and its bundle, and says what it said in the file", async () => {
    const page = aPage("health", { dagId: "orders", dagIds: ["orders", "stock"], connections: ["lake"] });
    await store.engine.saveFiles([withPages("a.dag.ts", page)], ALL);
    expect(await store.pages.find("health")).toEqual({
      ...page,
      bundleHash: "bundle of a.dag.ts",
      file: "a.dag.ts",
    });
    expect(await store.pages.find("none")).toBeUndefined();
  });

  test("pages are listed by id, tabs by their DAG, a part at a time", async () => {
    await store.engine.saveFiles([withPages("a.dag.ts", aPage("c"), aPage("a"), aPage("b", { dagId: "orders" }))], ALL);
    expect(await ids()).toEqual(["a", "b", "c"]);
    expect(await ids(null)).toEqual(["a", "c"]);
    expect(await ids("orders")).toEqual(["b"]);
    const first = await store.pages.list({ limit: 2 });
    expect(first.items.map((page) => page.pageId)).toEqual(["a", "b"]);
    const rest = await store.pages.list({ limit: 2, after: first.next ?? "" });
    expect(rest).toMatchObject({ items: [{ pageId: "c" }] });
    expect(rest.next).toBeUndefined();
  });

  test("a page goes with its file, or when the file has it no more; a broken file keeps its pages", async () => {
    await store.engine.saveFiles(
      [withPages("a.dag.ts", aPage("a"), aPage("b")), withPages("c.dag.ts", aPage("c"))],
      ALL,
    );
    await store.engine.saveFiles([withPages("a.dag.ts", aPage("a"))], SOME);
    expect(await ids()).toEqual(["a", "c"]);
    await store.engine.saveFiles(
      [{ file: "a.dag.ts", dags: [], errors: [{ file: "a.dag.ts", message: "broken" }] }],
      SOME,
    );
    expect(await ids()).toEqual(["a", "c"]);
    await store.engine.saveFiles([withPages("c.dag.ts", aPage("c"))], ALL);
    expect(await ids()).toEqual(["c"]);
  });

  test("the bundle of a page is kept as long as the page is there", async () => {
    await store.engine.saveFiles([withPages("a.dag.ts", aPage("a"))], ALL);
    await store.sql("update millrace.bundle set created_at = now() - interval '2 days'");
    await store.retention.removeVersions();
    expect(await store.engine.loadBundle("bundle of a.dag.ts")).toMatchObject({ file: "a.dag.ts" });
    await store.engine.saveFiles([aFile("b.dag.ts", ["b"])], ALL);
    await store.sql("update millrace.bundle set created_at = now() - interval '2 days'");
    await store.retention.removeVersions();
    await expect(store.engine.loadBundle("bundle of a.dag.ts")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
