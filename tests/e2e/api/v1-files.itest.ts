import { rm, writeFile, mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createDagProcessor, type DagProcessor } from "@millrace/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
let folder: string;
let processor: DagProcessor;

const DAGS = `
import { dag } from "@millrace/core";
export const a = dag("shop", {}, ({ task }) => { task("only", { pool: "none_such" }, () => 1); });
export const b = dag("stock", {}, ({ task }) => { task("only", () => 1); });
`;
const LOG = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  server = await startServer();
  const { store, dataFolder } = server.engine;
  folder = join(dataFolder, "project", "dags");
  await mkdir(join(folder, "../node_modules/@millrace"), { recursive: true });
  await mkdir(folder, { recursive: true });
  await symlink(resolve(import.meta.dirname, "../../../packages/core"), join(folder, "../node_modules/@millrace/core"));
  await writeFile(join(folder, "shop.dag.ts"), DAGS);
  await writeFile(join(folder, "lone.dag.ts"), DAGS.replace('"shop"', '"lone"').replace(/export const b.*/, ""));
  processor = createDagProcessor({
    folders: [folder],
    dataFolder,
    environment: process.env,
    log: LOG,
    requests: store.parseRequests,
    save: (files, { complete }) => store.engine.saveFiles(files, { complete, pausedUponCreation: false }),
  });
  await processor.start();
});
afterAll(async () => {
  await processor?.stop();
  await server?.[Symbol.asyncDispose]();
});

async function tokenOf(dagId: string): Promise<string> {
  return (await server.get(`/api/v1/dags/${dagId}`)).json.file_token as string;
}

describe("the source of a DAG file", () => {
  test("is text or JSON, as the client likes it", async () => {
    const url = `/api/v1/dagSources/${await tokenOf("shop")}`;
    const text = await server.get(url, { headers: { accept: "text/plain" } });
    expect(text).toMatchObject({ status: 200, text: DAGS });
    expect(text.headers["content-type"]).toMatch(/^text\/plain/);
    const json = await server.get(url, { headers: { accept: "application/json" } });
    expect(json).toMatchObject({ status: 200, json: { content: DAGS } });
    const other = await server.get(url, { headers: { accept: "application/xml" } });
    expect(other).toMatchObject({ status: 406, text: "Not Allowed Accept Header" });
  });

  test("is for tokens of this system, and for those who may read every DAG of the file", async () => {
    const token = await tokenOf("shop");
    const forged = `${Buffer.from("/etc/passwd").toString("base64url")}.${token.split(".")[1]}`;
    for (const wrong of [forged, "nonsense"])
      expect(await server.get(`/api/v1/dagSources/${wrong}`)).toMatchObject({ status: 404 });
    const some = aCaller("can_read DAG Code", "can_read DAG:shop");
    expect((await server.get(`/api/v1/dagSources/${token}`, { as: some })).status).toBe(403);
    const all = aCaller("can_read DAG Code", "can_read DAG:shop", "can_read DAG:stock");
    expect((await server.get(`/api/v1/dagSources/${token}`, { as: all })).status).toBe(200);
  });
});

describe("reading a file again", () => {
  const put = (token: string, how = {}) => server.request("PUT", `/api/v1/parseDagFile/${token}`, how);

  test("is done by the DAG processor, though the file has not changed", async () => {
    const token = await tokenOf("lone");
    const before = await server.ports.dagLists.findDag("lone");
    const done = processedFile();
    expect(await put(token)).toMatchObject({ status: 201, text: "" });
    expect(await done).toBe(join(folder, "lone.dag.ts"));
    const after = await server.ports.dagLists.findDag("lone");
    expect(after?.seenAt).toBeGreaterThan(before?.seenAt ?? 0);
    expect(after?.version).toBe(before?.version);
  });

  test("brings a DAG back that was deleted while its file stayed", async () => {
    const done = processedFile();
    expect((await server.request("DELETE", "/api/v1/dags/lone")).status).toBe(204);
    await done;
    expect((await server.get("/api/v1/dags/lone")).json).toMatchObject({ is_active: true, is_paused: false });
  });

  test("is not asked for twice while it waits", async () => {
    const token = await tokenOf("lone");
    await processor.stop();
    expect(await put(token)).toMatchObject({ status: 201, text: "" });
    expect(await put(token)).toMatchObject({ status: 201, text: "Duplicate request" });
  });

  test("is for files that exist, and for those who may edit every DAG of the file", async () => {
    expect(await put("nonsense")).toMatchObject({ status: 404, json: { title: "File not found" } });
    expect((await put(await tokenOf("shop"), { as: aCaller("can_edit DAG:shop") })).status).toBe(403);
    const as = aCaller("can_edit DAG:shop", "can_edit DAG:stock");
    expect((await put(await tokenOf("shop"), { as })).status).toBe(201);
  });

  /** Resolves with a file when it was read again. */
  function processedFile(): Promise<string> {
    const requests = server.engine.store.parseRequests;
    return new Promise((done) => {
      const original = requests.done;
      Object.assign(requests, {
        done: async (files: readonly string[]) => {
          Object.assign(requests, { done: original });
          await original(files);
          done(files[0]);
        },
      });
    });
  }
});

describe("import errors", () => {
  const broken = `import { dag } from "@millrace/core";\nexport const a = dag("shop", {}, () => { throw new Error("shop is shut"); });\n`;

  beforeAll(async () => {
    const { store } = server.engine;
    await writeFile(join(folder, "shop.dag.ts"), broken);
    await writeFile(join(folder, "zzz.dag.ts"), "export const = 1;");
    const scan = createDagProcessor({
      folders: [folder],
      dataFolder: server.engine.dataFolder,
      environment: process.env,
      log: LOG,
      save: (files, { complete }) => store.engine.saveFiles(files, { complete, pausedUponCreation: false }),
    });
    await scan.scanOnce();
    await scan.stop();
  });
  afterAll(() => rm(join(folder, "zzz.dag.ts"), { force: true }));

  test("are listed in the order asked for", async () => {
    const { json } = await server.get("/api/v1/importErrors?order_by=-filename");
    expect(json.total_entries).toBe(2);
    const files = json.import_errors.map((error: { readonly filename: string }) => error.filename);
    expect(files).toEqual([join(folder, "zzz.dag.ts"), join(folder, "shop.dag.ts")]);
    expect(json.import_errors[1].stack_trace).toMatch("shop is shut");
    expect(json.import_errors[1].timestamp).toMatch(/^\d{4}-.*\+00:00$/);
    const one = await server.get(`/api/v1/importErrors/${json.import_errors[1].import_error_id}`);
    expect(one.json).toEqual(json.import_errors[1]);
    expect((await server.get("/api/v1/importErrors?order_by=stack_trace")).status).toBe(400);
    expect((await server.get("/api/v1/importErrors?limit=1&offset=1")).json).toMatchObject({
      import_errors: [expect.anything()],
      total_entries: 2,
    });
    expect((await server.get("/api/v1/dags/shop")).json).toMatchObject({ has_import_errors: true });
  });

  test("are redacted for those who may read some DAGs of the file, and not there for those who may read none", async () => {
    const some = aCaller("can_read ImportError", "can_read DAG:shop");
    const { json } = await server.get("/api/v1/importErrors", { as: some });
    expect(json).toMatchObject({
      import_errors: [{ stack_trace: "REDACTED - you do not have read permission on all DAGs in the file" }],
      total_entries: 1,
    });
    const url = `/api/v1/importErrors/${json.import_errors[0].import_error_id}`;
    expect((await server.get(url, { as: some })).json.stack_trace).toMatch(/^REDACTED/);
    const none = aCaller("can_read ImportError", "can_read DAG:lone");
    expect((await server.get("/api/v1/importErrors", { as: none })).json.total_entries).toBe(0);
    expect((await server.get(url, { as: none })).status).toBe(403);
    const all = aCaller("can_read ImportError", "can_read DAG:shop", "can_read DAG:stock");
    expect((await server.get(url, { as: all })).json.stack_trace).toMatch("shop is shut");
  });

  test("that are not there are not found", async () => {
    expect(await server.get("/api/v1/importErrors/999999")).toMatchObject({
      status: 404,
      json: { title: "Import error not found", detail: "The ImportError with import_error_id: `999999` was not found" },
    });
  });
});

describe("warnings", () => {
  test("name pools that do not exist, until they do", async () => {
    const { json } = await server.get("/api/v1/dagWarnings");
    expect(json).toMatchObject({
      total_entries: 2,
      dag_warnings: [
        {
          dag_id: "lone",
          warning_type: "non-existent pool",
          message: "Dag 'lone' references non-existent pools: ['none_such']",
        },
        { dag_id: "shop" },
      ],
    });
    const listed = async (query: string, how = {}): Promise<readonly string[]> =>
      (await server.get(`/api/v1/dagWarnings${query}`, how)).json.dag_warnings.map(
        (each: { dag_id: string }) => each.dag_id,
      );
    expect(await listed("?order_by=-dag_id")).toEqual(["shop", "lone"]);
    expect(await listed("?dag_id=shop")).toEqual(["shop"]);
    expect(await listed("?warning_type=other")).toEqual([]);
    const as = aCaller("can_read DAG Warnings", "can_read DAG:lone");
    expect(await listed("", { as })).toEqual(["lone"]);
    expect((await server.get("/api/v1/dagWarnings?dag_id=shop", { as })).status).toBe(403);
    expect((await server.get("/api/v1/dagWarnings?order_by=caw")).status).toBe(400);
    await server.ports.queries.setPool({
      pool: "none_such",
      slots: 1,
      description: "",
      includeDeferred: false,
      order: "fair",
    });
    expect(await listed("")).toEqual([]);
  });
});
