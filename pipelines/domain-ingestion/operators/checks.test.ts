import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Permanent } from "millrace";
import { expect, onTestFinished, test } from "vitest";
import { openFileEventLog } from "../service/file-event-log.ts";
import type { DomainRecord } from "../steps/domain-record.ts";
import { healthMetrics } from "../steps/health-summary.ts";
import { fakeContext } from "../testing/fake-context.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { dataFreshnessCheck } from "./data-freshness-check-operator.ts";
import { kafkaHealthCheck } from "./kafka-health-check-operator.ts";
import { processLayer } from "./layer-operator.ts";
import { pushMetrics } from "./push-metrics.ts";
import { sparkJobCheck } from "./spark-job-check-operator.ts";

const MINUTE = 60_000;
const pathsIn = (folder: string) => ({
  pipelineFolder: folder,
  sparkMaster: "local",
  kafkaServers: `file:${join(folder, "log")}`,
  bronzePath: join(folder, "bronze"),
  silverPath: join(folder, "silver"),
  goldPath: join(folder, "gold"),
});

async function publishAt(folder: string, atMs: number): Promise<void> {
  const log = openFileEventLog<DomainRecord>({ folder: join(folder, "log"), nowMs: () => atMs });
  await log.createTopic("malware_domains");
  const value: DomainRecord = {
    domain: "a.net",
    category: "malware",
    source: "s",
    source_format: "hosts",
    raw_entry: "0.0.0.0 a.net",
    ingestion_timestamp: new Date(atMs).toISOString(),
    metadata: { line_number: 1, source_url: "x", content_length: 1 },
  };
  await log.publish("malware_domains", { batchId: String(atMs), events: [{ key: value.domain, value }] });
}

test("the log's health check creates missing topics once and says what it measured", async () => {
  const folder = temporaryFolder();
  const options = { kafkaServers: `file:${folder}` };
  const topics = ["ads_trackers_domains", "malware_domains"];
  expect(await kafkaHealthCheck.spec.run(options, fakeContext())).toMatchObject({
    status: "healthy",
    brokers: 1,
    profile: `file log at ${folder}`,
    topics,
    created: topics.toReversed(),
  });
  expect(await kafkaHealthCheck.spec.run(options, fakeContext())).toMatchObject({ topics, created: [] });
});

test("a log that cannot be written is not healthy", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  await expect(kafkaHealthCheck.spec.run({ kafkaServers: `file:${folder}/file` }, fakeContext())).rejects.toThrow(
    "cannot check the log",
  );
});

test("layers follow their input, and freshness and jobs are measured from what they wrote", async () => {
  const folder = temporaryFolder();
  const paths = pathsIn(folder);
  await publishAt(folder, Date.now());
  for (const layer of ["bronze", "silver", "gold"] as const) {
    const table = { deltaPath: join(folder, layer, "domains"), maxAgeMinutes: 30 };
    await expect(dataFreshnessCheck.spec.run(table, fakeContext())).rejects.toThrow("has never received data");
    expect(await processLayer.spec.run({ layer, ...paths }, fakeContext())).toMatchObject({
      layer,
      outcome: "committed",
      rows: 1,
    });
    expect(await dataFreshnessCheck.spec.run(table, fakeContext())).toMatchObject({
      status: "success",
      max_age_minutes: 30,
    });
  }
  const checked = await sparkJobCheck.spec.run(paths, fakeContext());
  expect(checked).toMatchObject({ status: "success", profile: "local layer processing" });
  expect(checked.jobs.map(({ name, state }) => [name, state])).toEqual([
    ["bronze", "idle"],
    ["silver", "idle"],
    ["gold", "idle"],
  ]);
});

test("a table without data may be given time for its first, and is looked at until then", async () => {
  const folder = temporaryFolder();
  const paths = pathsIn(folder);
  await publishAt(folder, Date.now());
  const table = { deltaPath: join(folder, "bronze", "domains"), firstDataWithinSeconds: 30 };
  const told = Promise.withResolvers<void>();
  const waiting = fakeContext();
  const log = { ...waiting.log, info: () => told.resolve() };
  const check = dataFreshnessCheck.spec.run(table, { ...waiting, log });
  await told.promise;
  await processLayer.spec.run({ layer: "bronze", ...paths }, fakeContext());
  expect(await check).toMatchObject({ status: "success" });

  const never = { deltaPath: join(folder, "silver", "domains"), firstDataWithinSeconds: 0.05 };
  await expect(dataFreshnessCheck.spec.run(never, fakeContext())).rejects.toThrow("has never received data");
  const again = fakeContext({ tryNumber: 2 });
  await expect(dataFreshnessCheck.spec.run({ ...never, firstDataWithinSeconds: 60 }, again)).rejects.toThrow("never");
});

test("old data is told as stale at once, whatever time a table without data is given", async () => {
  const folder = temporaryFolder();
  await publishAt(folder, Date.now());
  await processLayer.spec.run({ layer: "bronze", ...pathsIn(folder) }, fakeContext());
  const commit = join(folder, "bronze/domains/_delta_log/00000000000000000000.json");
  const aged = readFileSync(commit, "utf8").replace(
    /"(modificationTime|timestamp)":(\d+)/g,
    (_, name: string, at: string) => `"${name}":${Number(at) - 31 * MINUTE}`,
  );
  writeFileSync(commit, aged);
  const table = { deltaPath: join(folder, "bronze/domains"), maxAgeMinutes: 30, firstDataWithinSeconds: 60 };
  await expect(dataFreshnessCheck.spec.run(table, fakeContext())).rejects.toThrow(/31\S* minutes old; the limit is 30/);
  expect(await dataFreshnessCheck.spec.run({ ...table, maxAgeMinutes: 32 }, fakeContext())).toMatchObject({
    max_age_minutes: 32,
  });
});

test("a layer whose input has waited too long fails the check, unless another job is asked for", async () => {
  const folder = temporaryFolder();
  const options = pathsIn(folder);
  await publishAt(folder, Date.now() - 20 * MINUTE);
  await expect(sparkJobCheck.spec.run(options, fakeContext())).rejects.toThrow(
    /behind by more than 15 minutes: bronze \(1 pending, oldest 20/,
  );
  expect((await sparkJobCheck.spec.run({ ...options, maxLagMinutes: 30 }, fakeContext())).jobs[0]).toMatchObject({
    state: "active",
    pending: 1,
  });
  expect(
    (await sparkJobCheck.spec.run({ ...options, jobName: "gold" }, fakeContext())).jobs.map(({ name }) => name),
  ).toEqual(["gold"]);
});

test("what this profile cannot open is refused without a retry, with what to set", async () => {
  const paths = pathsIn(temporaryFolder());
  const brokers = { ...paths, kafkaServers: "kafka" };
  const store = { ...paths, goldPath: "s3a://delta-lake/gold" };
  const refusals: readonly [run: () => unknown, message: string][] = [
    [
      () => processLayer.spec.run({ layer: "bronze", ...paths, sparkMaster: "spark://m:7077" }, fakeContext()),
      'spark_master to "local"',
    ],
    [() => sparkJobCheck.spec.run({ ...paths, jobName: "tin" }, fakeContext()), "the jobs are"],
    [() => sparkJobCheck.spec.run(brokers, fakeContext()), "are neither file:<folder>"],
    [() => sparkJobCheck.spec.run(store, fakeContext()), "give a folder"],
    [() => kafkaHealthCheck.spec.run(brokers, fakeContext()), "are neither file:<folder>"],
    [() => processLayer.spec.run({ layer: "gold", ...brokers }, fakeContext()), "are neither file:<folder>"],
    [() => processLayer.spec.run({ layer: "gold", ...store }, fakeContext()), "give a folder"],
  ];
  for (const [run, message] of refusals) {
    const refusal = await Promise.resolve(run()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Permanent);
    expect((refusal as Permanent).message).toContain(message);
  }
});

const ok = { status: "success" };
const metrics = healthMetrics({ kafka: ok, spark: ok, bronze: ok, silver: ok, gold: ok }, "t");

test("metrics are pushed to the gateway under the run's group", async () => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`);
    request
      .on("data", (chunk: Buffer) => received.push(chunk.toString()))
      .on("end", () => response.writeHead(202).end());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(
    await pushMetrics(metrics, {
      gateway,
      environment: "e",
      dagId: "monitoring_dag",
      runId: "r",
      startedAtMs: 0,
      ctx: fakeContext(),
    }),
  ).toBe(true);
  expect(received[0]).toMatch(/^PUT \/metrics\/job\/airflow_monitoring_dag\/instance\/[^/]+\/dag_id\/monitoring_dag$/);
  expect(received[1]).toContain('thread_protection_ingestion_pipeline_health{environment="e"');
});

test("a gateway that does not answer is a warning; without a gateway nothing is pushed", async () => {
  const ctx = fakeContext();
  const push = { environment: "e", dagId: "d", runId: "r", startedAtMs: 0, ctx };
  expect(await pushMetrics(metrics, { ...push, gateway: "http://127.0.0.1:1" })).toBe(false);
  const warnings = (): readonly object[] => ctx.logged.filter(({ level }) => level === "warn");
  expect(warnings()).toMatchObject([{ message: "metrics could not be pushed" }]);
  expect(await pushMetrics(metrics, { ...push, gateway: "" })).toBe(false);
  expect(warnings()).toHaveLength(1);
});
