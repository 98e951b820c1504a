// The syntax in two DAGs: type-checked with the repository (the marked mistakes must not compile), and built here.
import { expect, expectTypeOf, test } from "vitest";
import type { Handle } from "./handle.ts";
import { asset } from "./asset.ts";
import { buildDag, dag } from "./dag.ts";
import { operator } from "./operator.ts";
import { variable } from "./refs.ts";
import { cron } from "./schedules.ts";

interface Source {
  readonly name: string;
  readonly url: string;
}
interface Stats {
  readonly status: "success";
  readonly domains: number;
}
const SOURCES: readonly Source[] = [
  { name: "urlhaus", url: "https://example.org/a" },
  { name: "adwars", url: "https://example.org/b" },
];
const download = (source: Source): Promise<string> => Promise.resolve(source.url);
const parse = (text: string): Promise<readonly string[]> => Promise.resolve(text.split("\n"));

const kafkaHealthCheck = operator({
  name: "KafkaHealthCheckOperator",
  color: "#FFD700",
  templated: ["servers"],
  run: ({ servers, topics }: { servers: string; topics: readonly string[] }) => ({
    status: "healthy" as const,
    brokers: servers.length,
    topics,
  }),
});
const ingestion = operator({
  name: "IngestionOperator",
  color: "#80D0FF",
  run: (o: { config: string; servers: string; mode: "subprocess" | "docker"; source?: string }): Stats => ({
    status: "success",
    domains: o.config.length,
  }),
});
const domains = asset("kafka://kafka:9092/malware_domains");

const domainIngestion = dag(
  "domain_ingestion_dag",
  {
    schedule: cron("0 * * * *"),
    start: "2025-10-01",
    catchup: false,
    maxActiveRuns: 1,
    tags: ["ingestion", "domains", "kafka"],
    defaults: { owner: "data-engineering", retries: 2, retryDelay: "5m", executionTimeout: "30m" },
    params: { config: "sources.yaml" },
  },
  ({ task }) => {
    const servers = variable("kafka_servers");
    const health = task(
      "check_kafka_health",
      kafkaHealthCheck({ servers, topics: ["malware_domains", "ads_trackers_domains"] }),
    );
    const result = task(
      "run_full_ingestion",
      { after: [health], outlets: [domains] },
      ingestion({ config: "/opt/ingestion/sources.yaml", servers, mode: "subprocess" }),
    );
    task("send_success_notification", { input: { result } }, ({ result }, { log, logicalDate }) =>
      log.info("ingestion finished", { logicalDate, domains: result.domains }),
    );
  },
);

/** Code that only has to type-check. */
const unused = (_code: () => unknown): void => undefined;

const perSource = dag(
  "per_source",
  { schedule: domains, params: { minimum: 1_000 } },
  ({ sensor, task, map, mapGroup, group, branch }) => {
    const open = sensor(
      "wait_for_upstream",
      { every: "30s", timeout: "6h", mode: "reschedule" },
      () => SOURCES.length > 1 && { etag: "abc" },
    );
    const sources = task("list_sources", { after: [open] }, () => SOURCES);
    const sizes = map(
      "head",
      { each: { source: sources }, input: { open }, maxActivePerRun: 4, mapName: "{{ source.name }}" },
      ({ source, open }) => source.url.length + open.etag.length,
    );
    const fetched = mapGroup("fetch_sources", { each: { source: sources } }, ({ task }, { source }) => {
      const text = task("download", { input: { source }, retries: 3 }, ({ source }) => download(source));
      return { names: task("parse", { input: { text } }, ({ text }) => parse(text)) };
    });
    const total = task(
      "total",
      { input: { names: fetched.names, sizes } },
      ({ names, sizes }) => names.flat().length + sizes.length,
    );
    const route = branch("enough", { input: { total } }, ({ total }, { params }) =>
      total >= params.minimum ? "publish" : "alert",
    );
    const publish = group("publishing", { after: [route.on("publish")], defaults: { retries: 5 } }, ({ task }) => {
      const files = task("write", { input: { fetched: fetched.names } }, ({ fetched }) => fetched.length);
      task("register", { input: { files } }, ({ files }, { log }) => log.info("registered", { files }));
    });
    const alert = task("alert", { after: [route.on("alert")] }, (_, { log }) => log.error("too few domains"));
    task(
      "report",
      { after: [publish, alert], triggerRule: "none_failed_min_one_success" },
      (_, { upstream }) => upstream().length,
    );

    expectTypeOf(open).toEqualTypeOf<Handle<{ etag: string }>>();
    expectTypeOf(sizes).toEqualTypeOf<Handle<readonly number[]>>();
    expectTypeOf(fetched.names).toEqualTypeOf<Handle<readonly (readonly string[])[]>>();

    unused(() => {
      // @ts-expect-error the operator wants a string
      kafkaHealthCheck({ servers: total, topics: [] });
      // @ts-expect-error no such outcome of the branch
      route.on("retry");
      // @ts-expect-error wrong type of an input
      task("bad", { input: { total } }, ({ total }) => total.toUpperCase());
      // @ts-expect-error only lists can be mapped over
      map("bad2", { each: { n: total } }, ({ n }) => n);
      // @ts-expect-error a task cannot name itself or a later task
      const loop = task("loop", { input: { loop } }, (_input) => 1);
    });
  },
);

test("the linear DAG builds with an edge per result and per `after`", () => {
  const { tasks, dag: options } = buildDag(domainIngestion).graph;
  expect(tasks.map((task) => [task.taskId, task.upstream])).toEqual([
    ["check_kafka_health", []],
    ["run_full_ingestion", [{ task: 0, via: "order" }]],
    ["send_success_notification", [{ task: 1, via: "data" }]],
  ]);
  expect(tasks.map((task) => [task.retries, task.owner])).toEqual([
    [2, "data-engineering"],
    [2, "data-engineering"],
    [2, "data-engineering"],
  ]);
  expect(options).toMatchObject({
    maxActiveRuns: 1,
    start: Date.UTC(2025, 9, 1) * 1_000,
    schedule: { kind: "cron", expression: "0 * * * *", zone: "UTC" },
  });
});

test("the mapped DAG builds with its groups, branches and joins", () => {
  const { tasks, groups } = buildDag(perSource).graph;
  const names = tasks.map((task) => task.taskId);
  expect(names).toEqual([
    "wait_for_upstream",
    "list_sources",
    "head",
    "fetch_sources.download",
    "fetch_sources.parse",
    "total",
    "enough",
    "publishing.write",
    "publishing.register",
    "alert",
    "report",
  ]);
  const edges = Object.fromEntries(
    tasks.map((task) => [
      task.taskId,
      task.upstream.map((edge) => [names[edge.task], edge.via, ...(edge.choices ?? [])].join(" ")),
    ]),
  );
  expect(edges).toEqual({
    wait_for_upstream: [],
    list_sources: ["wait_for_upstream order"],
    head: ["wait_for_upstream data", "list_sources data"],
    "fetch_sources.download": ["list_sources data"],
    "fetch_sources.parse": ["fetch_sources.download data"],
    total: ["head data", "fetch_sources.parse data"],
    enough: ["total data"],
    "publishing.write": ["fetch_sources.parse data", "enough order publish"],
    "publishing.register": ["publishing.write data"],
    alert: ["enough order alert"],
    report: ["publishing.register order", "alert order"],
  });
  expect(groups).toEqual([
    {
      groupId: "fetch_sources",
      prefix: true,
      each: { mode: "product", sources: [{ name: "source", from: "task", task: 1 }] },
    },
    { groupId: "publishing", prefix: true },
  ]);
  expect(tasks[5].inputs).toEqual({ names: { task: 4, join: "list" }, sizes: { task: 2, join: "list" } });
  expect(tasks[7].retries).toBe(5);
});
