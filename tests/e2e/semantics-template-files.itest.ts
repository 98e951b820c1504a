// Templates that lie in files: read with the DAG file, part of its version, rendered in the worker.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FoundFile } from "@millrace/core";
import { createDagProcessor, readDags, type DagProcessor } from "@millrace/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { clearRun, finishRun, resultOf } from "../harness/finish-run.ts";

const DAG = `
  import { bash, dag, operator } from "millrace";
  const query = operator({
    name: "QueryOperator",
    templated: ["sql"],
    templateExt: [".sql"],
    run: ({ sql }: { sql: string }) => sql,
  });
  export const report = dag("report", { templateSearchpath: ["../shared/sql"] }, ({ task }) => {
    task("beside", query({ sql: "queries/day.sql" }));
    task("shared", query({ sql: "all.sql" }));
    task("command", bash({ command: "hello.sh" }));
  });
`;
let folder: string;
let engine: EngineHarness;
const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const read = async (): Promise<FoundFile> => {
  const { files } = await readDags({
    folders: [join(folder, "dags")],
    dataFolder: join(folder, ".millrace"),
    environment: process.env,
  });
  return files[0];
};
const messages = async (): Promise<readonly string[]> => (await read()).errors.map(({ message }) => message);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-templates-"));
  symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
  write("dags/report.dag.ts", DAG);
  write("dags/queries/day.sql", "select * from t where day = '{{ ds }}'\n");
  write("shared/sql/all.sql", "{% include 'parts/head.sql' %}select {{ var.value.get('columns', '*') }} from all");
  write("shared/sql/parts/head.sql", "-- {{ var.value.title }}\n");
  write("dags/hello.sh", "set -e\necho {{ task.task_id }}\n");
  engine = await startEngine();
  await engine.store.queries.setVariable({ key: "title", value: "Report", secret: false });
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a run renders the files that its version had, whatever they are now", async () => {
  const logicalDate = Date.UTC(2025, 9, 1) * 1_000;
  await engine.deploy(await read());
  const run = await finishRun(engine, "report", { logicalDate });
  expect(run.states).toEqual({ beside: "success", shared: "success", command: "success" });
  expect(await resultOf(engine, run.runId, "beside")).toBe("select * from t where day = '2025-10-01'");
  expect(await resultOf(engine, run.runId, "shared")).toBe("-- Reportselect * from all");
  expect(await resultOf(engine, run.runId, "command")).toBe("command");

  write("dags/queries/day.sql", "changed {{ ds }}");
  await engine.deploy(await read());
  await clearRun(engine, "report", run, { select: {}, version: "same" });
  expect(await resultOf(engine, run.runId, "beside")).toBe("select * from t where day = '2025-10-01'");
  await clearRun(engine, "report", run, { select: {}, version: "newest" });
  expect(await resultOf(engine, run.runId, "beside")).toBe("changed 2025-10-01");
});

describe("a file that cannot be read is an import error that names DAG, task, option and file", () => {
  test("because it is not there, until it is", async () => {
    write("dags/report.dag.ts", DAG.replace("day.sql", "night.sql"));
    expect(await messages()).toEqual([
      expect.stringMatching(
        /^DAG report, task beside, option sql: there is no template file queries\/night\.sql in .*\/dags or .*\/shared\/sql; a text that is no file's name/,
      ),
    ]);
    write("dags/queries/night.sql", "select 1");
    expect(await messages()).toEqual([]);
  });

  test("because an included one is not there, or is no template", async () => {
    write("dags/queries/night.sql", "{% include 'none.sql' %}");
    expect(await messages()).toEqual([
      expect.stringContaining("option sql, included by queries/night.sql: there is no template file none.sql"),
    ]);
    write("dags/queries/night.sql", "{% if %}");
    expect(await messages()).toEqual([expect.stringContaining("option sql: queries/night.sql: Template")]);
  });

  test.each(["../secret.sql", "queries/../../secret.sql", "/etc/secret.sql"])(
    "because %s is outside of the search path",
    async (name) => {
      write("secret.sql", "select 1");
      write("dags/report.dag.ts", DAG.replace("queries/day.sql", name));
      expect(await messages()).toEqual([
        expect.stringContaining(
          `DAG report, task beside, option sql: the template file ${name} is outside of the folders that it may be in`,
        ),
      ]);
    },
  );
});

test("a processor that watches sees a change of a template file outside of the DAG folder", async () => {
  write("dags/report.dag.ts", DAG);
  let processor: DagProcessor | undefined;
  try {
    const seen = new Promise<string>((done) => {
      processor = createDagProcessor({
        folders: [join(folder, "dags")],
        dataFolder: join(folder, ".millrace"),
        environment: process.env,
        log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
        save: (files) => {
          for (const { bundle } of files) if (bundle?.code.includes("-- New")) done(bundle.hash);
          return Promise.resolve([]);
        },
      });
    });
    await processor?.start();
    const before = (await read()).bundle?.hash;
    write("shared/sql/parts/head.sql", "-- New");
    expect(await seen).not.toBe(before);
  } finally {
    await processor?.stop();
  }
});
