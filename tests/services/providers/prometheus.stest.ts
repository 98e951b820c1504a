import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dag, Secret, type Connection, type Operator } from "millrace";
import { testOperator, testTask } from "millrace/testing";
import { deletePushed, promQuery, pushMetrics, waitForQuery } from "@millrace/provider-prometheus";
import { provider } from "@millrace/provider-prometheus/provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPrometheus, startPushgateway, type MonitoringServer } from "../../servers/pushgateway.ts";

/** bcrypt of "the pusher's". */
const HASH = "$2b$04$H.1FZ4guo2hrc5UBMiEfp.JCHNumeDTLSBVsET1VLKs7ZPEc69pfa";

let gateway: MonitoringServer;
let guarded: MonitoringServer;
let prometheus: MonitoringServer;

beforeAll(async () => {
  [gateway, guarded] = await Promise.all([startPushgateway(), startPushgateway({ users: { pusher: HASH } })]);
  prometheus = await startPrometheus([new URL(gateway.url).host]);
});
afterAll(async () => {
  for (const server of [prometheus, guarded, gateway]) await server?.[Symbol.asyncDispose]();
});

/** The lines of a metric, as the Pushgateway offers them. */
async function linesOf(name: string, server = gateway): Promise<readonly string[]> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

const login = (password: string, extra: Connection["extra"] = {}): Connection => ({
  id: "guarded",
  type: "prometheus",
  host: guarded.url,
  login: "pusher",
  password: new Secret(password),
  extra,
});

describe("the Pushgateway", () => {
  test("what is pushed is offered, with labels, types and a group whose values have slashes or are empty", async () => {
    const push = pushMetrics({
      url: gateway.url,
      job: "monitoring/dag",
      grouping: { instance: "worker 1", dag_id: "a/b", shift: "", dot: ".." },
      labels: { environment: "test" },
      metrics: [
        { name: "pipeline_health", help: "1 = fine.", value: 1 },
        {
          name: "component_health",
          samples: [
            { labels: { component: "kafka" }, value: 1 },
            { labels: { component: 'a "quoted" \\ one' }, value: 0.5 },
          ],
        },
        { name: "runs_total", type: "counter", value: 7 },
      ],
    });
    const done = await testOperator(push);
    expect(done).toMatchObject({ state: "success", result: { pushed: true, metrics: 3 } });
    const group = 'dag_id="a/b",dot="..",environment="test",instance="worker 1",job="monitoring/dag",shift=""';
    expect(await linesOf("pipeline_health")).toEqual([`pipeline_health{${group}} 1`]);
    expect(await linesOf("runs_total")).toEqual([`runs_total{${group}} 7`]);
    const components = await linesOf("component_health");
    expect(components).toHaveLength(2);
    expect(components.join("\n")).toContain('component="a \\"quoted\\" \\\\ one"');
    const all = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(all).toContain("# HELP pipeline_health 1 = fine.");
    expect(all).toContain("# TYPE runs_total counter");
  });

  test("PUT replaces the metrics of a group, POST those of the same names, and a deleted group is gone", async () => {
    const at = { url: gateway.url, job: "replaced" };
    const both = [
      { name: "first_gauge", value: 1 },
      { name: "second_gauge", value: 1 },
    ];
    await testOperator(pushMetrics({ ...at, metrics: both }));
    await testOperator(pushMetrics({ ...at, method: "POST", metrics: [{ name: "first_gauge", value: 2 }] }));
    expect(await linesOf("first_gauge")).toEqual(['first_gauge{instance="",job="replaced"} 2']);
    expect(await linesOf("second_gauge")).toHaveLength(1);
    await testOperator(pushMetrics({ ...at, metrics: [{ name: "first_gauge", value: 3 }] }));
    expect(await linesOf("first_gauge")).toEqual(['first_gauge{instance="",job="replaced"} 3']);
    expect(await linesOf("second_gauge")).toEqual([]);
    for (let round = 0; round < 2; round += 1)
      expect(await testOperator(deletePushed(at))).toMatchObject({ state: "success" });
    expect(await linesOf("first_gauge")).toEqual([]);
  });

  test("a refused login is permanent, also of the trial, and no password is told", async () => {
    const push = (connection: Connection): Operator<unknown> =>
      pushMetrics({ connection, job: "guarded", metrics: [{ name: "guarded_gauge", value: 1 }] });
    const refused = await testOperator(push(login("not it")));
    expect(refused).toMatchObject({ state: "failed" });
    expect(refused.reason).toMatch(/PUT http:.* answered with status 401/);
    expect(JSON.stringify(refused)).not.toContain("not it");
    expect(await testOperator(push(login("the pusher's")))).toMatchObject({ state: "success" });
    const [type] = provider.connectionTypes ?? [];
    const tools = { signal: AbortSignal.timeout(10_000), fetch, admit: async () => undefined };
    expect(await type?.trial(login("the pusher's"), tools)).toMatch(/the login of pusher is fine/);
    await expect(type?.trial(login("not it"), tools)).rejects.toThrow(/status 401/);
  });

  test("metrics that contradict others are refused by the Pushgateway for good", async () => {
    const push = (job: string, type: "gauge" | "counter"): Operator<unknown> =>
      pushMetrics({ url: gateway.url, job, metrics: [{ name: "of_two_kinds", type, value: 1 }] });
    expect(await testOperator(push("first", "gauge"))).toMatchObject({ state: "success" });
    const refused = await testOperator(push("second", "counter"));
    expect(refused).toMatchObject({ state: "failed" });
    expect(refused.reason).toMatch(/status 400/);
  });

  test("a gateway that is gone fails the task, only warns when asked to, and serves again when it is back", async () => {
    const push = (failures: "warn" | "fail"): Operator<unknown> =>
      pushMetrics({ url: guarded.url, job: "gone", metrics: [{ name: "gone_gauge", value: 1 }], failures });
    await guarded.stop();
    try {
      expect(await testOperator(push("fail"))).toMatchObject({ state: "failed", code: "UNREACHABLE" });
      const warned = await testOperator(push("warn"));
      expect(warned).toMatchObject({ state: "success", result: { pushed: false } });
      expect(
        warned.logs.some(({ level, message }) => level === "warn" && /metrics were not pushed/.test(message)),
      ).toBe(true);
    } finally {
      await guarded.start();
    }
    const again = pushMetrics({ connection: login("the pusher's"), job: "gone", metrics: [{ name: "g", value: 1 }] });
    expect(await testOperator(again)).toMatchObject({ state: "success" });
  });

  test("a gateway that does not answer is given up after the timeout", async () => {
    const silent: Server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const late = await testOperator(
        pushMetrics({ url, job: "late", timeout: "200ms", metrics: [{ name: "g", value: 1 }] }),
      );
      expect(late).toMatchObject({ state: "failed", code: "TIMEOUT" });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});

describe("a Prometheus server", () => {
  test("a query gives the samples of what was pushed and scraped, and a sensor waits for them", async () => {
    const at = { url: gateway.url, job: "scraped" };
    await testOperator(pushMetrics({ ...at, metrics: [{ name: "scraped_gauge", value: 41 }] }));
    const query = 'scraped_gauge{job="scraped"} + 1';
    await expect
      .poll(async () => (await testOperator(promQuery({ url: prometheus.url, query }))).result)
      .toMatchObject({ kind: "vector", samples: [{ labels: { job: "scraped" }, value: 42 }] });
    const waiting = (value: number): Operator<unknown> =>
      waitForQuery({ url: prometheus.url, query, compare: ">=", value });
    const watch = (value: number) =>
      dag("watch", ({ sensor }) => void sensor("wait", { timeout: "3s", every: "1s" }, waiting(value)));
    expect(await testTask(watch(42), "wait")).toMatchObject({ state: "success", starts: 1 });
    expect(await testTask(watch(43), "wait")).toMatchObject({ state: "failed" });
    expect(await testOperator(promQuery({ url: prometheus.url, query: "1 / 0" }))).toMatchObject({ state: "success" });
  });

  test("an expression that does not parse is refused for good, and a range is no result", async () => {
    const broken = await testOperator(promQuery({ url: prometheus.url, query: "sum(" }));
    expect(broken).toMatchObject({ state: "failed" });
    expect(broken.reason).toMatch(/status 400.*parse error/);
    const range = await testOperator(promQuery({ url: prometheus.url, query: "up[5m]" }));
    expect(range).toMatchObject({ state: "failed", code: "TASK_FAILED" });
  });
});
