// Params, conf, templates, variables, connections and XComs through the real engine.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseInstant } from "@millrace/core";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, deployFiles, finishRun, resultOf } from "../harness/finish-run.ts";

const AT = parseInstant("2025-10-01T06:30:00Z");
let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  const { queries } = engine.store;
  await queries.setVariable({ key: "greeting", value: "hello {{ ds }}", secret: false });
  await queries.setVariable({ key: "settings", value: '{"depth":7}', secret: false });
  await queries.setConnection({
    connectionId: "warehouse",
    connectionType: "postgres",
    value: "postgres://ada:pass%2Fword@db.example:5433/orders?sslmode=require",
  });
  await deployFiles(engine, "values.dag.ts");
});
afterAll(() => engine.stop());

describe("params", () => {
  const all = async (conf?: object): Promise<unknown> => {
    const { runId } = await finishRun(engine, "params", conf && { conf: JSON.stringify(conf) });
    return { ...((await resultOf(engine, runId, "all")) as object), option: await resultOf(engine, runId, "option") };
  };

  test("come from the conf of the run, then the task, then the DAG", async () => {
    expect(await all()).toEqual({
      params: { region: "eu", limit: 10, mode: "task" },
      conf: {},
      option: { text: "eu none", value: 10 },
    });
    expect(await all({ region: "us", limit: 5, mode: "run", more: true })).toEqual({
      params: { region: "us", limit: 5, mode: "run", more: true },
      conf: { region: "us", limit: 5, mode: "run", more: true },
      option: { text: "us us", value: 5 },
    });
  });

  test("that do not fit their schema are refused when the run is triggered", async () => {
    await expect(engine.trigger("params", { conf: '{"limit":0}' })).rejects.toMatchObject({ code: "BAD_PARAM" });
    await expect(engine.trigger("params", { conf: "[1]" })).rejects.toMatchObject({ code: "BAD_ARGUMENT" });
  });
});

describe("templates and values", () => {
  let runId: number;
  let states: Readonly<Record<string, string>>;
  beforeAll(async () => {
    ({ runId, states } = await finishRun(engine, "templates", { logicalDate: AT, runKey: "by-hand" }));
  });

  test("options of an operator are rendered with Airflow's names, filters and macros; others are not", async () => {
    const rendered = (await resultOf(engine, runId, "rendered")) as Record<string, unknown>;
    expect((rendered.text as string).split("\n")).toEqual([
      "2025-10-01 20251001T063000 2025-10-01 06:30:00+00:00 06 by-hand",
      "templates rendered 1 ADA 2025-10-03",
      // What comes out of a variable is text, never a template.
      "hello {{ ds }} 7 fallback",
      "db.example:5433 3 hand",
    ]);
    expect(rendered).toMatchObject({ deep: { a: "20251001" }, plain: "{{ ds }}", value: "2" });
    const { items } = await engine.store.queries.listTaskInstances({ runId, taskId: "rendered" });
    expect(JSON.parse(items[0].rendered ?? "{}")).toMatchObject({ deep: { a: "20251001" } });
  });

  test("code reads the same", async () => {
    expect(await resultOf(engine, runId, "in_code")).toEqual({
      rendered: "2025-10-01",
      variable: "hello {{ ds }}",
      pulled: { by: "hand" },
      result: { count: 3, names: ["a", "b"] },
    });
  });

  test("a name that is not defined fails the task and is named, and no way leads out of a template", async () => {
    const causes = await causesOf(engine, runId);
    expect(states).toMatchObject({
      undefined_name: "failed",
      undefined_field: "failed",
      escape: "failed",
      missing_variable: "failed",
    });
    expect(causes.undefined_name).toMatchObject({
      code: "BAD_TEMPLATE",
      message: expect.stringContaining("no_such_name") as string,
    });
    expect(causes.undefined_field.message).toMatch(/nmae.*name/s);
    expect(causes.escape.message).toContain("__class__");
    expect(causes.missing_variable).toMatchObject({ code: "NOT_FOUND" });
  });

  test("inputs are results, their fields and what was pushed under a key; refs are variables and connections", async () => {
    expect(await resultOf(engine, runId, "inputs")).toMatchObject({
      note: { by: "hand" },
      count: 3,
      list: [["a", "b"], null],
    });
    expect(await resultOf(engine, runId, "refs")).toEqual({ value: { depth: 7 }, plain: "hello {{ ds }}" });
    expect(await resultOf(engine, runId, "connected")).toEqual({
      id: "warehouse",
      type: "postgres",
      host: "db.example",
      port: 5433,
      login: "ada",
      password: "pass/word",
      schema: "orders",
      extra: { sslmode: "require" },
      shown: "***",
    });
  });
});

test("the last successful run before this one is known to templates and code", async () => {
  const at = (day: number): number => parseInstant(`2025-10-0${day}T00:00:00Z`);
  const shown = async (day: number): Promise<readonly unknown[]> => {
    const { runId } = await finishRun(engine, "previous", { logicalDate: at(day) });
    const { text } = (await resultOf(engine, runId, "shown")) as { readonly text: string };
    return [text, await resultOf(engine, runId, "in_code")];
  };
  expect(await shown(1)).toEqual(["None|True|2025-10-01|2025-10-01", "none"]);
  expect(await shown(3)).toEqual([
    "2025-10-01 00:00:00+00:00|False|2025-10-03|2025-10-03",
    "2025-10-01T00:00:00+00:00",
  ]);
});

test("what a try pushed is gone when the next one begins, and what cannot be stored fails with the path of the value", async () => {
  const { runId, states } = await finishRun(engine, "pushes");
  expect(await resultOf(engine, runId, "read")).toEqual({
    one: null,
    two: 2,
    shared: 2,
    silent: null,
    squares: [1, 4],
  });
  expect(states.unstorable).toBe("failed");
  expect((await causesOf(engine, runId)).unstorable.message).toMatch(/inner\[0\]/);
});
