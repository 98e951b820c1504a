import { afterAll, beforeAll, expect, test } from "vitest";
import { harness, type ExecutorHarness } from "../testing/executor-harness.ts";

const SOURCE = `
import { dag, defer, notifier, operator, Permanent, RetryAfter, Skip, SKIP, stream, variable, connection, item, param, pick, template } from "@millrace/core";
let looks = 0;
const tell = operator({ name: "Tell", templated: ["text"], run: ({ text, names, secret }, { log }) => { log.info("password is " + secret); return text + " " + names.join(); } });
const waits = operator({
  name: "Waits",
  triggers: { soon: async ({ n }, { signal }) => ({ got: n * 2, aborted: signal.aborted }), never: (_, { signal }) => new Promise(() => signal) },
  run: ({ trigger, timeout }, { resumed }) => resumed ?? defer({ trigger, payload: { n: 21 }, state: { kept: true }, ...(timeout && { timeout }) }),
});
export default dag("d", { params: { minimum: 5 }, onFailure: [(ctx) => { ctx.log.info("run failed: " + ctx.reason); }] }, ({ task, sensor, branch, shortCircuit, map, params }) => {
  const list = task("list", () => ["a", "b"]);
  task("skips", () => { throw new Skip("nothing to do"); });
  task("skipValue", () => SKIP);
  task("permanent", () => { throw new Permanent("bad row 7"); });
  task("later", () => { throw new RetryAfter("90s", "busy"); });
  task("unstorable", () => ({ rows: [1, { callback: () => 1 }] }));
  task("large", () => "x".repeat(20_000));
  task("tooLarge", () => "x".repeat(2_000_000));
  task("weird", () => { throw { odd: true }; });
  task("nothing", () => undefined);
  branch("route", () => ["left", "right"]);
  shortCircuit("stop", () => 0);
  shortCircuit("go", () => "yes");
  sensor("found", { timeout: "1h", every: "1ms" }, () => ((looks += 1), looks >= 3 && { etag: "x" }));
  sensor("absent", { timeout: "30ms", every: "5ms" }, () => false);
  sensor("soft", { timeout: "30ms", every: "5ms", softFail: true }, () => { throw new Permanent("down"); });
  sensor("again", { timeout: "1h", every: "30s", mode: "reschedule" }, () => null);
  sensor("deferred", { timeout: "1h", every: "30s", mode: "defer", backoff: true, maxWait: "100s" }, () => null);
  const byTrigger = (trigger) => operator({ name: "TriggerSensor", kind: "sensor", triggers: { soon: ({ n }) => n * 2, later: () => new Promise(() => undefined) }, run: (_, { resumed }) => resumed ? resumed.event === 42 && resumed : defer({ trigger, payload: { n: 21 }, state: "kept" }) })({});
  sensor("sensesByTrigger", { timeout: "1h" }, byTrigger("soon"));
  sensor("triggerOutlastsSensor", { timeout: "30ms", softFail: true }, byTrigger("later"));
  task("tells", tell({ text: "run {{ run_id }} of {{ ds }} {{ var.value.api_secret }} {{ ti.xcom_pull('each')[0] }}", names: list, secret: variable("api_secret") }));
  task("plain", tell({ text: "plain", names: list, secret: variable("api_secret") }));
  task("connects", { input: { list } }, async (_, { connection }) => { const c = await connection("db"); return [c.host, String(c.password), c.password.reveal().length]; });
  task("triggers", waits({ trigger: "soon" }));
  task("triggerTimesOut", waits({ trigger: "never", timeout: "20ms" }));
  task("sleeps", (_, { resumed }) => resumed ? resumed.state : defer({ for: "10m", state: { n: 1 } }));
  task("joins", { input: { list } }, ({ list }) => list.join("+"));
  task("streams", { input: { all: stream(map("each", { each: { letter: list }, mapName: "plain name" }, ({ letter }, { item, mapIndex }) => letter + item.letter + mapIndex)) } }, async ({ all }) => { const got = []; for await (const one of all) got.push(one); return got; });
  map("literal", { each: { n: [10, 20, 30] } }, ({ n }) => n);
  task("params", (_, { params, conf, logicalDate, dataInterval, tryId, upstream }) => ({ params, conf, logicalDate, dataInterval, tryId, upstream: upstream() }));
  task("pushes", { outlets: [] }, (_, { xcom }) => { xcom.push("count", 3n); });
  task("calls", { onExecute: [(ctx) => { ctx.log.info("execute callback of " + ctx.taskId); }, () => { throw new Error("callback broke"); }], onFailure: [notifier({ name: "n", notify: (o, ctx) => { console.log(o.room, ctx.event, ctx.reason, ctx.tryNumber); } })({ room: "ops" }), () => { throw new Error("hook down"); }], onSuccess: () => new Promise(() => undefined) }, () => 1);
  task("renders", (_, { render }) => render("{{ nowhere }}"));
  task("prints", () => { console.warn("careful", { a: 1 }); process.stdout.write("half "); process.stdout.write("line\\nnext"); });
});
`;
const CALLS = {
  variable: async (_dispatch: string, key: string) => (key === "api_secret" ? "hunter2hunter2" : undefined),
  connection: async (_dispatch: string, id: string) =>
    id === "db" ? JSON.stringify({ id, type: "postgres", host: "h", password: "s3cr3t-pass", extra: {} }) : undefined,
  results: async ({ from, limit }: { from: number; limit: number }) =>
    Array.from({ length: Math.min(limit, 2_500 - from) }, (_, i) => ({ json: String(from + i) })),
};
const AB = { kind: "value", value: { json: '["a","b"]' } } as const;
let h: ExecutorHarness;

beforeAll(async () => {
  h = await harness(SOURCE, { calls: CALLS as never, maxResultBytes: 1_000_000 });
});
afterAll(async () => await h.close());

const success = (json: string): object => ({ kind: "ended", outcome: { kind: "success", result: { json } } });
const failure = (code: string, message: string, retry: unknown = "policy"): object => ({
  kind: "ended",
  outcome: { kind: "failed", retry, cause: { code, message: expect.stringContaining(message) as string } },
});

test.each([
  ["skips", { outcome: { kind: "skipped", cause: { message: "nothing to do" } } }],
  ["skipValue", { outcome: { kind: "skipped" } }],
  ["permanent", failure("TASK_FAILED", "bad row 7", "never")],
  ["later", failure("TASK_FAILED", "busy", 90_000_000)],
  ["unstorable", failure("NOT_STORABLE", "result.rows[1].callback is a function")],
  ["tooLarge", failure("TOO_LARGE", "more than the 1000000")],
  ["weird", failure("TASK_FAILED", '{"odd":true}')],
  ["route", { outcome: { kind: "success", choice: ["left", "right"] } }],
  ["stop", { outcome: { kind: "success", choice: [] } }],
  ["found", success('{"etag":"x"}')],
  ["absent", failure("SENSOR_TIMEOUT", "did not come within", "never")],
  ["soft", { outcome: { kind: "skipped", cause: { message: expect.stringContaining("down") as string } } }],
  ["again", { outcome: { kind: "reschedule", afterMicros: 30_000_000, resume: '{"looks":1}' } }],
  ["sleeps", { outcome: { kind: "defer", afterMicros: 600_000_000 } }],
  ["triggerTimesOut", failure("TIMEOUT", "never did not return within 0.02 s")],
])("%s ends as its code says", async (taskId, expected) => {
  expect(await h.run(taskId)).toMatchObject(expected);
});

test("a result of undefined is stored as none, and a short circuit that goes on chooses nothing", async () => {
  expect(((await h.run("nothing")) as { outcome: object }).outcome).toEqual({ kind: "success" });
  expect(((await h.run("go")) as { outcome: object }).outcome).not.toHaveProperty("choice");
});

test("a deferred sensor backs off from look to look, and a sensor past its timeout looks once more and fails", async () => {
  expect(await h.run("deferred", { resume: '{"looks":1}', firstStartedAt: Date.now() * 1_000 })).toMatchObject({
    outcome: { kind: "defer", afterMicros: 60_000_000, resume: '{"looks":2}' },
  });
  expect(await h.run("deferred", { resume: '{"looks":9}', firstStartedAt: Date.now() * 1_000 })).toMatchObject({
    outcome: { kind: "defer", afterMicros: 100_000_000 },
  });
  expect(await h.run("deferred", { resume: '{"looks":9}', firstStartedAt: 1 })).toMatchObject(
    failure("SENSOR_TIMEOUT", "10 looks", "never"),
  );
});

test("a body deferred for a time is called again with what it kept", async () => {
  const first = await h.run("sleeps");
  const { resume } = (first as { outcome: { resume: string } }).outcome;
  expect(await h.run("sleeps", { resume })).toMatchObject(success('{"n":1}'));
});

test("a body deferred to a code trigger gives its slot back, and is called again with what the trigger returned", async () => {
  const first = await h.run("triggers");
  const { resume } = (first as { outcome: { resume: string } }).outcome;
  expect(first).toMatchObject({ outcome: { kind: "defer", afterMicros: 0 } });
  expect(h.reports).toContainEqual(
    expect.objectContaining({ kind: "started", dispatchId: first.dispatchId, waits: true }),
  );
  expect(await h.run("triggers", { resume })).toMatchObject(
    success('{"event":{"got":42,"aborted":false},"state":{"kept":true}}'),
  );
});

test("a sensor may wait for its next look in a code trigger, and for no longer than its own time", async () => {
  const first = await h.run("sensesByTrigger");
  const { resume } = (first as { outcome: { resume: string } }).outcome;
  expect(first).toMatchObject({ outcome: { kind: "defer", afterMicros: 0 } });
  expect(JSON.parse(resume)).toMatchObject({ looks: 1 });
  expect(await h.run("sensesByTrigger", { resume })).toMatchObject(success('{"event":42,"state":"kept"}'));
  expect(await h.run("triggerOutlastsSensor")).toMatchObject({
    outcome: { kind: "skipped", cause: { code: "SENSOR_TIMEOUT" } },
  });
});

test("a worker whose code builds another graph than its version's refuses to run it, and says why", async () => {
  expect(await h.run("nothing", { graphHash: "of another graph" })).toMatchObject(
    failure("BUNDLE_BROKEN", "gives another graph in this worker"),
  );
});

test("a large result goes to the blob store and is read from there as an input", async () => {
  const end = await h.run("large");
  const { result } = (end as { outcome: { result: { json: string; meta?: string } } }).outcome;
  expect(result.json.length).toBeLessThan(200);
  const joined = await h.run("joins", { inputs: { list: { kind: "list", values: [result, { json: '"y"' }] } } });
  expect(joined.kind === "ended" && joined.outcome.kind === "success" && joined.outcome.result?.meta).toContain(
    "blob:",
  );
});

test("secrets are masked in logs and never in the body", async () => {
  const end = await h.run("plain", { inputs: { "options.names": AB } });
  expect(end).toMatchObject(success('"plain a,b"'));
  expect(end.log?.tail).toContain("password is ***");
  expect(JSON.stringify(end)).not.toContain("hunter2");
  expect(await h.run("connects", { inputs: { list: AB } })).toMatchObject(success('["h","***",11]'));
});

test("R9: a single attempt whose inputs take long is told to have started before, and begins although its acknowledgement came first", async () => {
  const { promise: isRead, resolve: read } = Promise.withResolvers<string>();
  const slow = await harness(SOURCE, { calls: { ...CALLS, variable: () => isRead } as never });
  const one = slow.dispatch("plain", { singleAttempt: true, isolation: "process", inputs: { "options.names": AB } });
  slow.executor.start([one]);
  expect(await slow.reported(({ dispatchId }) => dispatchId === one.dispatchId)).toMatchObject({ kind: "started" });
  slow.executor.acknowledgeStarted([one.dispatchId]);
  // Behind the acknowledgement on its way to the worker.
  await new Promise(setImmediate);
  read("hunter2hunter2");
  expect(await slow.ended(one.dispatchId)).toMatchObject(success('"plain a,b"'));
  await slow.close();
});

test("templates see the run, variables and results; what was rendered is kept, masked", async () => {
  const end = await h.run("tells", { inputs: { "options.names": AB } });
  expect(end).toMatchObject({
    ...success('"run manual__1 of 2025-10-01 *** 0 a,b"'.replace("***", "hunter2hunter2")),
    rendered: '{"text":"run manual__1 of 2025-10-01 *** 0"}',
  });
});

test("an undefined name in a template fails the try and says where", async () => {
  expect(await h.run("renders", { inputs: {} })).toMatchObject(failure("BAD_TEMPLATE", "nowhere"));
});

test("results that are too many for the dispatch are asked for page by page, as list and as stream", async () => {
  const ask = { kind: "ask", taskId: "each", count: 2_500 } as const;
  const streamed = await h.run("streams", { inputs: { all: ask } });
  expect(streamed).toMatchObject({ outcome: { kind: "success", resultLength: 2_500 } });
  const joined = await h.run("joins", { inputs: { list: ask } });
  expect(joined).toMatchObject({ outcome: { kind: "success" } });
});

test("a mapped instance gets its element from a result, a list in the file, or a value", async () => {
  expect(
    await h.run("each", { mapIndex: 1, items: { letter: { kind: "item", value: AB.value, index: 1 } } }),
  ).toMatchObject({ mapName: "plain name", ...success('"bb1"') });
  expect(await h.run("literal", { mapIndex: 2, items: { n: { kind: "local", index: 2 } } })).toMatchObject(
    success("30"),
  );
});

test("the context says what the run is; conf overrides params", async () => {
  const run = { ...h.dispatch("params").run, conf: '{"minimum":7}' };
  const end = await h.run("params", { run, upstream: [{ taskId: "u", mapIndex: -1, state: "success" }] });
  const { result } = (end as { outcome: { result: { json: string } } }).outcome;
  expect(JSON.parse(result.json)).toMatchObject({
    params: { minimum: 7 },
    conf: { minimum: 7 },
    tryId: "1/t/-1/1",
    logicalDate: expect.stringMatching(/^2025-10-01T00:00:00/) as string,
    upstream: [{ taskId: "u", state: "success" }],
  });
});

test("named values are stored beside the result", async () => {
  expect(await h.run("pushes")).toMatchObject({ outcome: { xcoms: [{ key: "count", value: { json: '"3"' } }] } });
});

test("console and stdout are lines of the try, with level and source", async () => {
  const lines = ((await h.run("prints")).log?.tail ?? "").split("\n").map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { level: "warn", source: "console", msg: "careful { a: 1 }" },
    { level: "info", source: "stdout", msg: "half line" },
    { level: "info", source: "stdout", msg: "next" },
  ]);
});

test("onExecute runs in the try and changes nothing when it throws", async () => {
  const end = await h.run("calls");
  expect(end).toMatchObject(success("1"));
  expect(end.log?.tail).toContain("execute callback of calls");
  expect(end.log?.tail).toContain("callback broke");
});

test("callbacks of the outbox run in order with their reason, report what they throw, and have a timeout", async () => {
  const base = {
    dagId: "d",
    dagVersion: 1,
    bundleHash: h.bundle.hash,
    scope: "task",
    taskId: "calls",
    mapIndex: -1,
    tryNumber: 2,
    state: "failed",
    reason: "it broke",
    run: h.dispatch("calls").run,
    timeoutMicros: 30_000_000,
  } as const;
  const answer = await h.executor.runCallback({ ...base, callbackId: "1", event: "failure" });
  expect(answer).toMatchObject({
    ok: false,
    error: expect.stringContaining("hook down") as string,
    log: expect.stringContaining("ops failure it broke 2") as string,
  });
  expect(
    await h.executor.runCallback({ ...base, callbackId: "2", event: "success", timeoutMicros: 30_000 }),
  ).toMatchObject({ ok: false, error: expect.stringContaining("ran longer than 0.03 s") as string });
  expect(
    await h.executor.runCallback({
      ...base,
      callbackId: "3",
      event: "failure",
      scope: "run",
      taskId: undefined,
    }),
  ).toMatchObject({ ok: true, log: expect.stringContaining("run failed: it broke") as string });
});

test("a task or bundle that does not exist is a failure that says so", async () => {
  expect(await h.run("missing")).toMatchObject(failure("BUNDLE_BROKEN", "has no task missing"));
  expect(await h.run("go", { bundleHash: "nope" })).toMatchObject(failure("NOT_FOUND", "no bundle nope"));
});
