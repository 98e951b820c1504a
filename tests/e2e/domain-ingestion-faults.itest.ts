import { join } from "node:path";
import { expect, test } from "vitest";
import { pipelineProject, type PipelineProject } from "../harness/pipeline-project.ts";
import { countBy, FIXTURES, readEvents, readLayer, type Row } from "../harness/read-domain-data.ts";
import { serveSources } from "../harness/serve-sources.ts";

const LAYERS = ["bronze", "silver", "gold"] as const;
/** Columns that say when, or in which order sources came; everything else must be the same in every run. Gold's metadata is its last source's. */
const TIMES_AND_ORDER = /timestamp$|_seen$|^last_updated$|^ingestion_date$|_offset$/;

/** The pipeline without its schedules, reading its lists from a server. */
async function httpProject(config: string): Promise<PipelineProject> {
  const project = await pipelineProject("domain-ingestion", {
    config: { executor: { environment: ["HTTP_TIMEOUT", "HTTP_RETRIES", "HTTP_BACKOFF"] } },
    env: {
      HTTP_TIMEOUT: "20",
      HTTP_RETRIES: "2",
      HTTP_BACKOFF: "0",
      MILLRACE_VAR_INGESTION_CONFIG: "config/http.yaml",
    },
  });
  await project.write("pipelines/domain-ingestion/config/http.yaml", config);
  await project.edit("domain-ingestion.dag.ts", 'schedule: cron("0 * * * *")', "schedule: null");
  await project.edit("monitoring.dag.ts", 'schedule: cron("*/15 * * * *")', "schedule: null");
  return project;
}

test("the first start runs ingestion, layers and monitoring by themselves, and says that all went well", async () => {
  await using project = await pipelineProject("domain-ingestion");
  const started = await project.start();
  await started.until(/✓ domain_ingestion_dag scheduled__\S+ success in .*\(3 success\)/);
  await started.until(/✓ domain_layers_dag asset_triggered__\S+ success in .*\(3 success\)/);
  await started.until(/✓ monitoring_dag scheduled__\S+ success in .*\(6 success, 1 skipped\)/);
  expect(started.output()).not.toMatch(/failed|error/);
});

test("lists come over HTTP: packed, in a second attempt after a break, and one that is missing disturbs no other", async () => {
  await using server = await serveSources();
  await using project = await httpProject(server.config);
  server.answer("stevenblack.hosts", "gzip");
  server.answer("urlhaus.adblock", "half", "plain");
  server.answer("1hosts.adblock", "missing");
  const started = await project.start();
  expect((await project.run("dags", "trigger", "domain_ingestion_dag", "-r", "http", "--wait")).code).toBe(0);
  await started.until(/✓ domain_layers_dag \S+ success/);
  const events = (await readEvents(dataOf(project))).map(({ value }) => value);
  expect(countBy(events, "source")).toEqual({ stevenblack: 39, urlhaus: 27, adwars: 22 });
  expect(server.requests).toEqual({
    "stevenblack.hosts": 1,
    "urlhaus.adblock": 2,
    "1hosts.adblock": 2,
    "adwars.hosts": 1,
  });
  expect(events[0]?.["metadata"]).toMatchObject({ http_status: 200, content_type: "text/plain; charset=utf-8" });
  const { out } = await project.run("tasks", "logs", "domain_ingestion_dag", "run_full_ingestion", "http");
  expect(out).toMatch(/WARN +fetch failed, trying again .*"source":"urlhaus"/);
  expect(out).toMatch(/ERROR +source failed .*"source":"1hosts".*HTTP status 404/);
  expect(out).toContain('"sources_processed":3,"sources_failed":1');
});

test("a Millrace killed with -9 in the middle of the ingestion leaves the same content as one that was not", async () => {
  await using server = await serveSources();
  await using disturbed = await httpProject(server.config);
  server.answer("1hosts.adblock", "silence", "plain");
  const first = await disturbed.start();
  await disturbed.run("dags", "trigger", "domain_ingestion_dag", "-r", "the-run");
  await server.asked("1hosts.adblock", 1);
  // The three others are in the log already.
  await expect.poll(() => countEvents(disturbed), { timeout: 20_000 }).toBe(88);
  await first.stop("SIGKILL");

  const second = await disturbed.start();
  await second.until(/▶ domain_ingestion_dag the-run goes on/);
  await second.until(/✓ domain_ingestion_dag the-run success/);
  await second.until(/✓ domain_layers_dag \S+ success/);
  const rows = await disturbed.json<readonly object[]>(
    "tasks",
    "states-for-dag-run",
    "domain_ingestion_dag",
    "the-run",
  );
  expect(rows).toMatchObject([
    { task_id: "check_kafka_health", state: "success", try_number: 1 },
    { task_id: "run_full_ingestion", state: "success", try_number: 2 },
    { task_id: "send_success_notification", state: "success", try_number: 1 },
  ]);

  await using calm = await httpProject(server.config);
  const started = await calm.start();
  await calm.run("dags", "trigger", "domain_ingestion_dag", "-r", "the-run", "--wait");
  await started.until(/✓ domain_layers_dag \S+ success/);
  expect(
    countBy(
      (await readEvents(dataOf(disturbed))).map(({ value }) => value),
      "source",
    ),
  ).toEqual(FIXTURES);
  expect(await contents(disturbed)).toEqual(await contents(calm));
}, 120_000);

function dataOf(project: PipelineProject): string {
  return join(project.pipeline, ".millrace");
}

async function countEvents(project: PipelineProject): Promise<number> {
  // Before the first publication there is nothing to read.
  return (await readEvents(dataOf(project)).catch(() => [])).length;
}

/** What is in the log and in the layers, without times and order. */
async function contents(project: PipelineProject): Promise<Readonly<Record<string, readonly string[]>>> {
  const data = dataOf(project);
  const isSteady = (row: Row, name: string): boolean =>
    !TIMES_AND_ORDER.test(name) && !(name === "metadata" && "source_list" in row);
  const plain = (rows: readonly Row[]): readonly string[] =>
    rows.map((row) => JSON.stringify(Object.entries(row).filter(([name]) => isSteady(row, name)))).toSorted();
  const layers = LAYERS.map(async (layer) => [layer, plain(await readLayer(data, layer))] as const);
  return {
    events: plain((await readEvents(data)).map(({ value }) => value)),
    ...Object.fromEntries(await Promise.all(layers)),
  };
}
