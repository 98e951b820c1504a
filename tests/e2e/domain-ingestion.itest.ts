import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Started } from "../harness/cli-project.ts";
import { pipelineProject, type PipelineProject } from "../harness/pipeline-project.ts";
import { countBy, DOMAINS, FIXTURES, readEvents, readLayer, type Row } from "../harness/read-domain-data.ts";

let project: PipelineProject;
let started: Started;
let data: string;

beforeAll(async () => {
  project = await pipelineProject("domain-ingestion");
  data = join(project.pipeline, ".millrace");
  // Nothing runs by itself here, and a failed check is tried again at once.
  await project.edit("domain-ingestion.dag.ts", 'schedule: cron("0 * * * *")', "schedule: null");
  await project.edit("monitoring.dag.ts", 'schedule: cron("*/15 * * * *")', "schedule: null");
  await project.edit("monitoring.dag.ts", 'retryDelay: "2m"', 'retryDelay: "10ms"');
  started = await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

test("the fixtures are published to the log: one keyed event per source and distinct valid domain", async () => {
  await trigger("domain_ingestion_dag", "first");
  await started.until(layersAreDone(1));
  const events = await readEvents(data);
  expect(countBy(values(events), "source")).toEqual(FIXTURES);
  expect(countBy(values(events), "category")).toEqual({ malware: 27, ads_trackers: 88 });
  expect(events.every(({ key, value }) => key === value["domain"])).toBe(true);
  expect(new Set(events.map(({ key, value }) => `${key} ${value["source"] as string}`)).size).toBe(115);
});

test("bronze has a row per event, silver judges them, gold has a row per domain", async () => {
  const bronze = await readLayer(data, "bronze");
  expect(countBy(bronze, "source")).toEqual(FIXTURES);
  expect(new Set(bronze.map((row) => `${row["kafka_topic"] as string}/${row["kafka_offset"] as number}`)).size).toBe(
    115,
  );
  expect(countBy(await readLayer(data, "silver"), "is_valid")).toEqual({ true: 115 });
  const gold = await readLayer(data, "gold");
  expect(gold).toHaveLength(DOMAINS);
  expect(new Set(gold.map((row) => row["domain"])).size).toBe(DOMAINS);
  expect(countBy(gold, "category")).toEqual({ malware: 27, ads_trackers: 83 });
  expect(countBy(gold, "source_count")).toEqual({ 1: 106, 2: 3, 3: 1 });
  expect(gold.find((row) => row["domain"] === "both-lists.evil-made-up-for-millrace.net")).toMatchObject({
    category: "malware",
    source_list: '["stevenblack","urlhaus"]',
    is_active: "true",
  });
});

test("the monitoring finds all of it healthy and says so in one line", async () => {
  await trigger("monitoring_dag", "healthy");
  expect(await states("monitoring_dag", "healthy")).toEqual({
    "infrastructure_health.check_kafka": "success",
    "infrastructure_health.check_spark": "success",
    "data_quality.check_bronze_freshness": "success",
    "data_quality.check_silver_freshness": "success",
    "data_quality.check_gold_freshness": "success",
    collect_metrics: "success",
    alert_on_failure: "skipped",
  });
  const { out } = await project.run("tasks", "logs", "monitoring_dag", "collect_metrics", "healthy");
  expect(out).toContain('"summary":{"all_healthy":true,"failed_components":[]}');
  expect(await project.list(".millrace/mail")).toEqual([]);
});

test("a run that is cleared and runs again publishes nothing twice", async () => {
  const before = await contents();
  expect((await project.run("tasks", "clear", "domain_ingestion_dag", "--run", "first", "-y")).code).toBe(0);
  await started.until(layersAreDone(2));
  expect(await contents()).toEqual(before);
});

test("the next run adds a sighting of each domain and no domain", async () => {
  const before = new Map((await readLayer(data, "gold")).map((row) => [row["domain"], row]));
  await trigger("domain_ingestion_dag", "second");
  await started.until(layersAreDone(3));
  expect(await readEvents(data)).toHaveLength(230);
  expect(await readLayer(data, "bronze")).toHaveLength(230);
  const gold = await readLayer(data, "gold");
  expect(gold).toHaveLength(DOMAINS);
  for (const row of gold) {
    const known = before.get(row["domain"]);
    expect(row).toMatchObject({ first_seen: known?.["first_seen"], source_list: known?.["source_list"] });
    expect(String(row["last_seen"]) > String(known?.["last_seen"])).toBe(true);
  }
});

test("one source can be run alone", async () => {
  await trigger("domain_ingestion_dag", "alone", "--conf", '{"source":"urlhaus"}');
  await started.until(layersAreDone(4));
  expect(countBy(values(await readEvents(data)).slice(54), "source")).toMatchObject({ urlhaus: 27 });
  expect(await readEvents(data)).toHaveLength(257);
});

test("data that has grown old fails its check, alarms with the checks that failed, and is mailed once", async () => {
  await age("gold", 121);
  const { code } = await project.run("dags", "trigger", "monitoring_dag", "-r", "stale", "--wait");
  expect(code).toBe(1);
  expect(await states("monitoring_dag", "stale")).toMatchObject({
    "data_quality.check_silver_freshness": "success",
    "data_quality.check_gold_freshness": "failed",
    collect_metrics: "upstream_failed",
    alert_on_failure: "success",
  });
  const { out } = await project.run("tasks", "logs", "monitoring_dag", "alert_on_failure", "stale");
  expect(out).toMatch(
    /ERROR +pipeline checks failed .*"failed_checks":\["data_quality\.check_gold_freshness"\],"unfinished_checks":\[/,
  );
  await expect.poll(() => project.list(".millrace/mail"), { timeout: 10_000 }).toHaveLength(1);
  const [mail] = await project.list(".millrace/mail");
  expect(await readFile(join(data, "mail", mail), "utf8")).toMatch(
    /Subject: Millrace alert: monitoring_dag\.data_quality\.check_gold_freshness failed[^]*limit is 120/,
  );
});

async function trigger(dagId: string, runId: string, ...options: readonly string[]): Promise<void> {
  const { code, err } = await project.run("dags", "trigger", dagId, "-r", runId, "--wait", ...options);
  expect(code, err).toBe(0);
}

async function states(dagId: string, runId: string): Promise<Readonly<Record<string, string>>> {
  const rows = await project.json<readonly { task_id: string; state: string }[]>(
    ...["tasks", "states-for-dag-run", dagId, runId],
  );
  return Object.fromEntries(rows.map(({ task_id, state }) => [task_id, state]));
}

async function contents(): Promise<object> {
  const [events, bronze, silver, gold] = await Promise.all([
    readEvents(data),
    ...(["bronze", "silver", "gold"] as const).map((layer) => readLayer(data, layer)),
  ]);
  return { events, bronze, silver, gold };
}

/** Makes the data of a layer so much older, as if nothing had come since. */
async function age(layer: string, minutes: number): Promise<void> {
  const folder = join(".millrace/lake", layer, "domains/_delta_log");
  for (const name of await project.list(folder)) {
    const file = join(project.pipeline, folder, name);
    const text = (await readFile(file, "utf8")).replace(
      /"(modificationTime|timestamp)":(\d+)/g,
      (_, key: string, at: string) => `"${key}":${Number(at) - minutes * 60_000}`,
    );
    await writeFile(file, text);
  }
}

/** The layers have followed the ingestion so many times. */
function layersAreDone(times: number): RegExp {
  return new RegExp(`(✓ domain_layers_dag \\S+ success[^]*){${times}}`);
}

function values(events: readonly { readonly value: Row }[]): readonly Row[] {
  return events.map(({ value }) => value);
}
