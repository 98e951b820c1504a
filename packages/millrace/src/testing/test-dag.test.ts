import {
  asset,
  connection,
  cron,
  dag,
  defer,
  operator,
  Permanent,
  skip,
  template,
  triggerDag,
  waitForRun,
} from "millrace";
import { expect, test } from "vitest";
import { takes, testDag } from "./index.ts";

const sales = dag(
  "sales",
  { schedule: cron("@daily"), start: "2025-10-01", params: { country: "DE" } },
  ({ task, map }) => {
    const shops = task("list_shops", (_, { params }) => [`${params.country}-1`, `${params.country}-2`]);
    const totals = map("total", { each: { shop: shops }, retries: 2, retryDelay: "5m" }, ({ shop }, { log }) => {
      log.info("counting", { shop });
      return shop.length;
    });
    task("report", { input: { totals } }, ({ totals }, { logicalDate }) => ({
      sum: totals.reduce((a, b) => a + b, 0),
      logicalDate,
    }));
  },
);

test("a whole DAG runs in this process, and says what became of it", async () => {
  const run = await testDag(sales, { logicalDate: "2025-10-05", conf: { country: "FR" } });
  expect(run.state).toBe("success");
  expect(run.runId).toBe("scheduled__2025-10-05T00:00:00+00:00");
  expect(run.dataInterval.end).toBe("2025-10-06T00:00:00+00:00");
  expect(run.result("list_shops")).toEqual(["FR-1", "FR-2"]);
  expect(run.result("total")).toEqual([4, 4]);
  expect(run.result("report")).toEqual({ sum: 8, logicalDate: "2025-10-05T00:00:00+00:00" });
  expect(run.task("total", 1).logs).toEqual([
    { at: "2025-10-06T00:00:00+00:00", level: "info", source: "task", message: "counting", fields: { shop: "FR-2" } },
  ]);
});

test("a retry waits by a clock that jumps", async () => {
  const run = await testDag(sales, { failures: { total: 2 } });
  expect(run.state).toBe("success");
  expect(run.elapsedSeconds).toBe(600);
  expect(run.task("total", 0).history.map(({ state }) => state)).toEqual(["up_for_retry", "up_for_retry", "success"]);
  const failed = await testDag(sales, { failures: { total: new Permanent("bad") } });
  expect(failed).toMatchObject({ state: "failed", elapsedSeconds: 0 });
  expect(failed.task("report").state).toBe("upstream_failed");
});

test("a conf that does not fit and a date that the schedule does not have are refused", async () => {
  await expect(testDag(sales, { conf: { country: 7 } })).rejects.toMatchObject({ code: "BAD_PARAM" });
  await expect(testDag(sales, { logicalDate: "2025-10-05T06:00:00Z" })).rejects.toThrow(/the next one is 2025-10-06/);
});

test("a sensor looks again and again without anybody waiting", async () => {
  for (const mode of ["poke", "reschedule"] as const) {
    const wait = dag("wait", ({ sensor, task }) => {
      const ready = sensor("ready", { every: "10m", timeout: "6h", mode }, (_, { now }) => now() >= "2026-01-01T02:00");
      task("go", { after: [ready] }, () => "gone");
    });
    const run = await testDag(wait);
    expect(run).toMatchObject({ state: "success", elapsedSeconds: 7_200 });
    expect(run.task("ready").tries).toBe(1);
    const late = await testDag(wait, { results: { ready: false } });
    expect(late).toMatchObject({ state: "failed", elapsedSeconds: 21_600 });
    expect(late.task("ready").code).toBe("SENSOR_TIMEOUT");
  }
});

test("an execution timeout and a run's timeout are met by what takes long", async () => {
  const slow = dag("slow", { runTimeout: "3h" }, ({ task }) => {
    task("load", { executionTimeout: "1h", retries: 1, retryDelay: "5m" }, () => "loaded");
  });
  const run = await testDag(slow, { results: { load: takes("2h", 1) } });
  expect(run.state).toBe("failed");
  expect(run.task("load")).toMatchObject({ tries: 2, code: "TIMEOUT" });
  expect(run.elapsedSeconds).toBe(7_500);
  const late = await testDag(slow, { failures: { load: 5 }, bodies: { load: () => 1 } });
  expect(late.elapsedSeconds).toBe(300);
});

test("a process that dies at any commit changes nothing but the number of starts", async () => {
  let bodies = 0;
  const fakes = { bodies: { report: () => (bodies += 1) } };
  const { commits } = await testDag(sales, fakes);
  expect(commits).toBeGreaterThan(4);
  for (let commit = 1; commit <= commits; commit += 1) {
    for (const when of ["before", "after"] as const) {
      const run = await testDag(sales, { ...fakes, crashAt: { commit, when } });
      expect(run).toMatchObject({ state: "success", crashes: 1 });
      expect(run.result("total")).toEqual([4, 4]);
      expect(run.instances.every(({ state }) => state === "success")).toBe(true);
    }
  }
  expect(bodies).toBeGreaterThan(2 * commits + 1);
});

test("secrets of connections are masked, and templates are rendered strictly", async () => {
  const call = operator({
    name: "CallOperator",
    templated: ["url"],
    run: async ({ url, api }: { url: string; api: { password?: { reveal(): string } } }, { log }) => {
      log.info(`calling ${url} with ${api.password?.reveal()}`);
      return url;
    },
  });
  const api = dag("api", ({ task }) => {
    task("call", call({ url: "https://x/{{ ds }}/{{ var.value.shop }}", api: connection("shop_api") as never }));
    task("typo", call({ url: "{{ dss }}", api: template("") as never }));
  });
  const run = await testDag(api, {
    connections: { shop_api: { type: "http", host: "x", password: "s3cret" } },
    variables: { shop: "north" },
  });
  expect(run.task("call").result).toBe("https://x/2026-01-01/north");
  expect(run.task("call").logs[0].message).toBe("calling https://x/2026-01-01/north with ***");
  expect(run.task("call").rendered).toEqual({ url: "https://x/2026-01-01/north" });
  expect(run.task("typo")).toMatchObject({ state: "failed", code: "BAD_TEMPLATE" });
});

test("other DAGs answer as the test says, and the test fails where it says nothing", async () => {
  const caller = dag("caller", ({ task, sensor }) => {
    const asked = task("ask", triggerDag({ dagId: "other", conf: { day: 1 } }));
    sensor("wait", { after: [asked], every: "1m", timeout: "1h" }, waitForRun({ dagId: "other" }));
  });
  await expect(testDag(caller)).rejects.toThrow(/does not say what it finds: add otherDags/);
  const run = await testDag(caller, { otherDags: { other: "success" } });
  expect(run.state).toBe("success");
  expect(run.triggered).toMatchObject([{ dagId: "other", conf: { day: 1 }, byTask: "ask" }]);
});

test("DAGs that take part run for real: triggered, waited for, fed by assets", async () => {
  const prices = asset("s3://prices");
  const other = dag("other", ({ task }) => void task("work", { outlets: [prices] }, () => 5));
  const follower = dag(
    "follower",
    { schedule: prices },
    ({ task }) => void task("follow", (_, { assets }) => assets.triggering.length),
  );
  const caller = dag("caller", ({ task }) => void task("ask", triggerDag({ dagId: "other", wait: true })));
  const run = await testDag(caller, { dags: [other, follower] });
  expect(run.task("ask").reason).toBeUndefined();
  expect(run.state).toBe("success");
  expect(run.otherRuns.map(({ dagId, state }) => `${dagId} ${state}`).sort()).toEqual([
    "follower success",
    "other success",
  ]);
  expect(run.otherRuns.find(({ dagId }) => dagId === "follower")?.result("follow")).toBe(1);
});

test("callbacks, skips and limits are the engine's", async () => {
  const said: string[] = [];
  const dags = dag(
    "limits",
    { maxActiveTasks: 1, onSuccess: ({ reason }) => void said.push(`run ${reason}`) },
    ({ task, branch }) => {
      const a = task("a", { onRetry: ({ tryNumber }) => void said.push(`retry ${tryNumber}`), retries: 1 }, () => 1);
      task("b", () => skip("nothing to do"));
      const way = branch("way", { input: { a } }, ({ a }) => (a > 0 ? "up" : "down"));
      task("up", { after: [way.on("up")] }, () => "up");
      task("down", { after: [way.on("down")] }, () => "down");
    },
  );
  const run = await testDag(dags, { failures: { a: 1 }, results: { up: takes("1m"), b: takes("1m", 1) } });
  expect(run.state).toBe("success");
  expect(run.task("down").state).toBe("skipped");
  expect(said).toEqual(["retry 1", "run success"]);
});

test("a deferral goes on at its time, by a time or by a trigger", async () => {
  const listen = operator({
    name: "ListenOperator",
    triggers: { message: async ({ topic }: { topic: string }) => `hello ${topic}` },
    run: (_options: object, { resumed }) =>
      resumed ? resumed.event : defer({ trigger: "message", payload: { topic: "a" } }),
  });
  const deferring = dag("deferring", ({ task }) => {
    task("wait", (_, { resumed, now }) => (resumed ? now() : defer({ for: "2h" })));
    task("listen", listen({}));
  });
  const run = await testDag(deferring);
  expect(run.result("wait")).toBe("2026-01-01T02:00:00+00:00");
  expect(run.task("wait")).toMatchObject({ tries: 1, starts: 2 });
  expect(run.result("listen")).toBe("hello a");
  expect(run.timeline.filter(({ taskId }) => taskId === "listen").map(({ state }) => state)).toContain("deferred");
});

test("a single attempt that was running when its process died is never started twice", async () => {
  const single = dag("single", ({ task }) => void task("pay", { singleAttempt: true }, () => "paid"));
  const { commits } = await testDag(single);
  const ended: string[] = [];
  for (let commit = 1; commit <= commits; commit += 1) {
    const run = await testDag(single, { crashAt: { commit, when: "before" } });
    expect(run.task("pay").starts).toBeLessThanOrEqual(2);
    ended.push(run.task("pay").code ?? run.task("pay").state);
  }
  expect(ended).toEqual(["success", "success", "MAY_HAVE_RUN"]);
});

test("a process may die where a function says", async () => {
  let crashes = 0;
  const run = await testDag(sales, {
    crashAt: ({ when, changes }) => when === "after" && changes.includes("report → queued") && ++crashes <= 2,
  });
  expect(run).toMatchObject({ state: "success", crashes: 2 });
  expect(run.task("report").starts).toBe(1);
  await expect(testDag(sales, { crashAt: () => true })).rejects.toThrow(/has died 1000 times/);
});

test("a run that can never end says what it waits for", async () => {
  const stuck = dag("stuck", ({ task }) => void task("load", { pool: "empty" }, () => 1));
  await expect(testDag(stuck, { pools: { empty: 0 } })).rejects.toThrow(/stands still: stuck .* \(load scheduled\)/);
});

test("fakes name tasks that the DAG has", async () => {
  await expect(testDag(sales, { results: { totl: 1 } })).rejects.toThrow(
    "the DAG sales has no task totl: did you mean total?",
  );
  await expect(testDag(sales, { results: { total: 1 }, bodies: { total: () => 1 } })).rejects.toThrow(
    /both a result and a body/,
  );
});

test("what is large goes the way of large results", async () => {
  const large = dag("large", ({ task }) => {
    const text = task("make", () => "x".repeat(20_000));
    task("count", { input: { text } }, ({ text }) => text.length);
  });
  const run = await testDag(large);
  expect(run.result("count")).toBe(20_000);
  expect(run.result("make")).toHaveLength(20_000);
});

test("a body that waits for another one, or to be stopped by it, does not hold up the rest", async () => {
  const fast = dag("fast", { failFast: true }, ({ task }) => {
    task("long", async (_, { signal }) => {
      await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    });
    task("bad", async (_, { dags, dagId, runId }) => {
      while ((await dags.stateOf({ dagId, runId, taskId: "long" })) !== "running");
      throw new Error("first failure");
    });
  });
  const run = await testDag(fast);
  expect(run.state).toBe("failed");
  expect(run.task("long").code).toBe("FAIL_FAST");
});
