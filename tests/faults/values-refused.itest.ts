// R11. What a database cannot hold is stored faithfully or ends its own task with a clear word; neighbours go on and no tick is poisoned.
import { testDatabase } from "@millrace/store/testing";
import { openPool, type DatabasePool } from "@millrace/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { keepLog } from "./support-log.ts";
import { occupancyOverTime } from "./support-rows.ts";

const LARGE = 100 * 1024 * 1024;

const DAGS = String.raw`
import { dag } from "millrace";
const bodies = {
  nul: () => "a\0b",
  nulKey: () => ({ "k\0": 1 }),
  surrogate: () => "\ud800 half",
  surrogateKey: () => ({ "\udfff": "\udc00" }),
  invalidDate: () => ({ at: new Date(NaN) }),
  farDate: () => new Date(8.64e15),
  infinite: () => 1e400,
  notANumber: () => [NaN, -Infinity, -0],
  bigint: () => 123456789012345678901234567890n,
  large: () => "x".repeat(100 * 1024 * 1024),
  deep: () => { let v = []; for (let i = 0; i < 5000; i += 1) v = [v]; return v; },
  cycle: () => { const a = {}; a.a = a; return a; },
  aFunction: () => ({ f: () => 1 }),
  errorNul: () => { throw new Error("a\0b \ud800 end"); },
  errorName: () => { throw Object.assign(new Error("named"), { name: "N\0\udc00" }); },
  errorLong: () => { throw new Error("y".repeat(20_000_000)); },
  errorText: () => { throw "\0 \ud800"; },
  errorBigint: () => { throw { n: 10n }; },
  skipNul: () => { throw new Skip("why\0 \ud800"); },
  xcomNul: (_, ctx) => { ctx.xcom.push("k\0", "v\0"); ctx.xcom.push("\ud800", 1); return 1; },
  xcomKeyLong: (_, ctx) => { ctx.xcom.push(Array.from({ length: 5_000 }, (_, i) => i.toString(36)).join(""), 1); return 1; },
  logNul: (_, ctx) => { ctx.log.info("line\0 \ud800", { "f\0": "\udc00" }); console.log("out\0 \ud800"); return 1; },
};
export const values = dag("values", ({ task, map }) => {
  for (const [name, body] of Object.entries(bodies)) {
    const it = task(name, body);
    task(name + "_reader", { input: { it }, triggerRule: "all_done" }, ({ it }) => (it === undefined ? "nothing" : typeof it));
  }
  map("named", { each: { n: task("list", () => ["\0", "\ud800", "fine"]) }, mapName: "{{ n }}" }, ({ n }) => n.length);
  task("neighbour", () => "well");
});
export const crowd = dag("crowd", { maxActiveRuns: 100, maxActiveTasks: 100 }, ({ task }) => {
  const first = task("first_of_crowd", { pool: "narrow" }, (_, { conf, xcom }) => { if (conf.bad) xcom.push("k\0", 1); return 1; });
  task("last_of_crowd", { after: [first], triggerRule: "all_done", pool: "narrow" }, () => 2);
});
export const plain = dag("plain", ({ task }) => { task("t", (_, { conf }) => conf); });
`.replace('import { dag } from "millrace";', 'import { dag, Skip } from "millrace";');

let engine: EngineHarness;
let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: DatabasePool;
let runId: number;
const log = keepLog();

beforeAll(async () => {
  database = await testDatabase();
  engine = await startEngine({ url: database.url, log });
  pool = await openPool({ url: database.url, max: 2 });
  await engine.deploy(DAGS);
  ({ runId } = await engine.trigger("values"));
  expect(await engine.ended(runId)).toBe("success");
}, 60_000);
afterAll(async () => {
  await engine.stop();
  await pool.close();
  await database.drop();
});

interface Instance {
  readonly state: string;
  readonly result: string | null;
  readonly cause: { readonly code: string; readonly message: string } | null;
  readonly log: string | null;
}

async function instance(taskId: string): Promise<Instance> {
  const { rows } = await pool.query<{ state: string; result: string | null; cause: string | null; log: string | null }>(
    "select state, result, cause, log from millrace.task_instance where run_id = $1 and task_id = $2",
    [runId, taskId],
  );
  const [row] = rows;
  return { ...row, cause: row.cause === null ? null : (JSON.parse(row.cause) as Instance["cause"]) };
}

describe("results", () => {
  test.each([
    ["nul", JSON.stringify("a\0b"), '"string"'],
    ["nulKey", JSON.stringify({ "k\0": 1 }), '"object"'],
    ["surrogate", String.raw`"\ud800 half"`, '"string"'],
    ["surrogateKey", String.raw`{"\udfff":"\udc00"}`, '"object"'],
    ["invalidDate", '{"at":null}', '"object"'],
    ["farDate", '"+275760-09-13T00:00:00.000Z"', '"object"'],
    ["infinite", '"Infinity"', '"number"'],
    ["notANumber", '["NaN","-Infinity",0]', '"object"'],
    ["bigint", '"123456789012345678901234567890"', '"bigint"'],
  ])("%s is stored as it is, and its reader gets it", async (taskId, stored, read) => {
    expect(await instance(taskId)).toMatchObject({ state: "success", result: stored, cause: null });
    expect(await instance(`${taskId}_reader`)).toMatchObject({ state: "success", result: read });
  });

  test.each([
    ["large", "TOO_LARGE", /^.*result has 104857\d+ bytes, more than the 67108864/],
    ["deep", "NOT_STORABLE", /nested deeper than 1000 levels/],
    ["cycle", "NOT_STORABLE", /result\.a refers back/],
    ["aFunction", "NOT_STORABLE", /result\.f is a function/],
  ])("%s fails its task with %s", async (taskId, code, message) => {
    const { state, cause } = await instance(taskId);
    expect({ state, code: cause?.code }).toEqual({ state: "failed", code });
    expect(cause?.message).toMatch(message);
    expect((await instance(`${taskId}_reader`)).state).toBe("success");
  });
});

describe("errors", () => {
  test.each([
    ["errorNul", "failed", "TASK_FAILED", "Error: a\uFFFDb \uFFFD end"],
    ["errorName", "failed", "TASK_FAILED", "N\uFFFD\uFFFD: named"],
    ["errorText", "failed", "TASK_FAILED", "threw \uFFFD \uFFFD"],
    ["errorBigint", "failed", "TASK_FAILED", "threw [object Object]"],
    ["skipNul", "skipped", "SKIPPED", "why\uFFFD \uFFFD"],
  ])("%s ends %s, and what cannot be stored of its words is replaced", async (taskId, state, code, message) => {
    expect(await instance(taskId)).toMatchObject({ state, cause: { code, message } });
  });

  test("a message of 20 MB is cut", async () => {
    const { state, cause } = await instance("errorLong");
    expect(state).toBe("failed");
    expect(cause?.message.length).toBeLessThan(5_000);
  });
});

describe("names", () => {
  test("an XCom key that cannot be stored fails its task, which says so", async () => {
    const { state, cause } = await instance("xcomNul");
    expect({ state, code: cause?.code }).toEqual({ state: "failed", code: "DATA_REJECTED" });
    expect(cause?.message).toMatch(
      /an XCom key of task "xcomNul" in run \d+ cannot be stored: it holds the character NUL/,
    );
  });

  test("an XCom key that is too long for an index fails its task, which says so", async () => {
    const { state, cause } = await instance("xcomKeyLong");
    expect({ state, code: cause?.code }).toEqual({ state: "failed", code: "DATA_REJECTED" });
    expect(cause?.message).toMatch(/the database refused what the task left.*index row/s);
  });

  test("names of mapped instances are for people: what cannot be stored is replaced", async () => {
    const { rows } = await pool.query<{ map_name: string; state: string }>(
      "select map_name, state from millrace.task_instance where run_id = $1 and task_id = 'named' order by map_index",
      [runId],
    );
    expect(rows).toEqual(["\uFFFD", "\uFFFD", "fine"].map((map_name) => ({ map_name, state: "success" })));
  });

  test("log lines keep what text can hold", async () => {
    const { state, log: text } = await instance("logNul");
    expect(state).toBe("success");
    expect(text).toContain("line");
  });

  test.each([
    ["with NUL", "r\0"],
    ["with half a surrogate pair", "\ud800r"],
    ["too long for an index", Array.from({ length: 5_000 }, (_, i) => i.toString(36)).join("")],
    ["of 100 MB", "x".repeat(LARGE)],
  ])("a run id %s is refused, and the DAG goes on", async (_what, runKey) => {
    await expect(engine.trigger("plain", { runKey })).rejects.toMatchObject({
      code: expect.stringMatching(/DATA_REJECTED|BAD_ARGUMENT/),
    });
    const { runId } = await engine.trigger("plain");
    expect(await engine.ended(runId)).toBe("success");
  });

  test("a DAG or task whose id cannot be stored is refused where it is written", () => {
    const file = (id: string): string =>
      `import { dag } from "millrace";\nexport const x = dag(${JSON.stringify(id)}, ({ task }) => { task("t", () => 1); });`;
    for (const id of ["d\0", "\ud800", "a b"]) expect(() => compileDags(file(id))).toThrow(/d\b|id/i);
  });
});

describe("conf", () => {
  test.each([
    ["NUL", { a: "\0" }],
    ["half a surrogate pair", { "\ud800": "\udfff" }],
  ])("with %s reaches the task as it was given", async (_what, conf) => {
    const made = await engine.trigger("plain", { conf: JSON.stringify(conf) });
    expect(await engine.ended(made.runId)).toBe("success");
    const [[result]] = await engine.store.engine.readResults([{ runId: made.runId, taskId: "t", mapIndex: -1 }]);
    expect(JSON.parse(result.json)).toEqual(conf);
  });

  test.each([
    ["a raw NUL", '{"a":"\0"}'],
    ["a raw half of a surrogate pair", '{"a":"\ud800"}'],
    ["no JSON", "{a:1}"],
    ["no object", "[1]"],
    ["100 MB", JSON.stringify({ a: "x".repeat(LARGE) })],
  ])("that holds %s is refused or kept, and the DAG goes on", async (_what, conf) => {
    const made = await engine.trigger("plain", { conf }).catch((error: unknown) => error);
    if (made instanceof Error)
      expect(made).toMatchObject({ code: expect.stringMatching(/DATA_REJECTED|BAD_ARGUMENT/) });
    else expect(await engine.ended((made as { runId: number }).runId)).toBe("success");
    const next = await engine.trigger("plain");
    expect(await engine.ended(next.runId)).toBe("success");
  });

  test("numbers beyond a double come as JSON has them", async () => {
    const made = await engine.trigger("plain", { conf: '{"n":1e400,"d":123456789012345678901234567890}' });
    expect(await engine.ended(made.runId)).toBe("success");
  });
});

test("R11, R6: of many runs that are committed together only the guilty ones are refused, and no slot is given away twice", async () => {
  const slots = 8;
  await engine.store.queries.setPool({
    pool: "narrow",
    slots,
    description: "",
    includeDeferred: false,
    order: "fair",
  });
  const isBad = (at: number): boolean => at % 3 === 0;
  const triggered = await Promise.all(
    Array.from({ length: 90 }, (_, at) => engine.trigger("crowd", { conf: JSON.stringify({ bad: isBad(at) }) })),
  );
  for (const { runId } of triggered) expect(await engine.ended(runId)).toBe("success");
  const { rows } = await pool.query<{ run_id: number; state: string; code: string | null }>(
    "select run_id, state, cause::json ->> 'code' as code from millrace.task_instance where task_id = 'first_of_crowd'",
  );
  const stateOf = new Map(rows.map((row) => [row.run_id, `${row.state} ${row.code ?? ""}`.trim()]));
  expect(triggered.map(({ runId }) => stateOf.get(runId))).toEqual(
    triggered.map((_, at) => (isBad(at) ? "failed DATA_REJECTED" : "success")),
  );
  const { most } = await occupancyOverTime(pool, (taskId) => (taskId.endsWith("_of_crowd") ? 1 : 0));
  expect(most).toBe(slots);
});

test("neighbours in the same run have ended well, every try has its cause, and no tick has failed", async () => {
  expect(await instance("neighbour")).toMatchObject({ state: "success", result: '"well"' });
  expect(await instance("errorLong_reader")).toMatchObject({ state: "success" });
  expect(log.lines.filter((line) => line.startsWith("error"))).toEqual([]);
  const { rows } = await pool.query("select from millrace.inbox");
  expect(rows).toEqual([]);
});
