import { crashAtEveryCommit, takes, testDag } from "millrace/testing";
import "millrace/testing/vitest";
import { expect, test } from "vitest";
import { domainIngestion, domainIngestionPerSource } from "./domain-ingestion.dag.ts";

const healthy = {
  status: "healthy",
  checked_at: "2025-10-05T10:00:00.000Z",
  profile: "file",
  brokers: 1,
  topics: [],
  created: [],
};
const ingested = { status: "success", stdout: "", stderr: "", result: { status: "success", published: 12 } };
const at = { logicalDate: "2025-10-05T09:00:00Z" };
const fetched = ["stevenblack", "urlhaus", "1hosts", "adwars"].map((source) => `fetch_sources.fetch_${source}`);

test("an hour is ingested in order, and the success is told with its date", async () => {
  const run = await testDag(domainIngestion, {
    ...at,
    results: { check_kafka_health: healthy, run_full_ingestion: ingested },
  });
  expect(run).toSucceed();
  expect(run).toHaveRunInOrder(["check_kafka_health", "run_full_ingestion", "send_success_notification"]);
  expect(run.task("send_success_notification")).toHaveLogged("domain ingestion succeeded");
  expect(run.task("send_success_notification")).toHaveLogged('"execution_date":"2025-10-05T09:00:00.000Z"');
  expect(run.task("send_success_notification")).toHaveLogged('"published":12');
  expect(run.assets.map(({ taskId }) => taskId)).toEqual(["run_full_ingestion"]);
});

test("an event log that is down for two tries delays the hour by ten minutes", async () => {
  const run = await testDag(domainIngestion, {
    ...at,
    results: { check_kafka_health: healthy, run_full_ingestion: ingested },
    failures: { check_kafka_health: 2 },
  });
  expect(run).toSucceed();
  expect(run).toHaveTried("check_kafka_health", 3);
  expect(run.elapsedSeconds).toBe(600);
});

test("an ingestion that hangs ends by its timeout in each try, and nobody is told of a success", async () => {
  const run = await testDag(domainIngestion, {
    ...at,
    results: { check_kafka_health: healthy, run_full_ingestion: takes("1h", ingested) },
  });
  expect(run).toFail("execution timeout of 1800 s");
  expect(run).toHaveTried("run_full_ingestion", 3);
  expect(run).toHaveTaskState("send_success_notification", "upstream_failed");
  expect(run.assets).toEqual([]);
});

test("the source and the configuration of a run reach the operator as they were given", async () => {
  const run = await testDag(domainIngestion, {
    ...at,
    conf: { source: "urlhaus" },
    variables: { ingestion_config: "config/mine.yaml", kafka_servers: "file:/log" },
    results: { check_kafka_health: healthy },
    bodies: { run_full_ingestion: (options) => options },
  });
  expect(run).toHaveResult(
    "run_full_ingestion",
    expect.objectContaining({ sourceName: "urlhaus", configPath: "config/mine.yaml", kafkaServers: "file:/log" }),
  );
});

test("one list that cannot be fetched fails its task alone, and the run with it", async () => {
  const results = Object.fromEntries(fetched.map((taskId) => [taskId, ingested]));
  const run = await testDag(domainIngestionPerSource, {
    results: { check_kafka_health: healthy, ...results },
    failures: { "fetch_sources.fetch_urlhaus": new Error("504 from urlhaus") },
  });
  expect(run).toFail("504 from urlhaus");
  for (const taskId of fetched) expect(run).toHaveTaskState(taskId, taskId.endsWith("urlhaus") ? "failed" : "success");
  expect(run.assets).toHaveLength(3);
});

test("an ingestion goes on wherever its process dies, and publishes under one batch id", async () => {
  let batches = new Set<string>();
  const fresh = () => {
    batches = new Set();
    return {
      ...at,
      results: { check_kafka_health: healthy },
      bodies: {
        run_full_ingestion: (_: object, { dagId, runId, taskId }: { dagId: string; runId: string; taskId: string }) => {
          batches.add(`${dagId}/${runId}/${taskId}`);
          return ingested;
        },
      },
    };
  };
  await crashAtEveryCommit(domainIngestion, fresh, () => expect(batches.size).toBe(1));
});
