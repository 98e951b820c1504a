import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DomainRecord } from "../steps/domain-record.ts";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";
import type { Source } from "../steps/source-config.ts";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { EventLog } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";
import { type IngestionRun, runIngestion } from "./run-ingestion.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");

function aRun(
  lists: Readonly<Record<string, string>>,
): IngestionRun & { readonly folder: string; readonly logged: string[] } {
  const folder = temporaryFolder();
  const logged: string[] = [];
  for (const [name, text] of Object.entries(lists)) writeFileSync(join(folder, name), text);
  const sources = [...Object.keys(lists), "missing"].map((name): Source => ({
    name,
    url: name,
    format: "hosts",
    category: name === "ads" ? "ads_trackers" : "malware",
    updateFrequency: "daily",
    description: "",
  }));
  return {
    folder,
    logged,
    sources,
    batchId: "run-1",
    nowMs: () => T0,
    eventLog: openFileEventLog<DomainRecord>({ folder: join(folder, "log"), nowMs: () => T0 }),
    fetchOptions: {
      configFolder: folder,
      downloadFolder: join(folder, "downloads"),
      http: { timeoutMs: 1_000, attempts: 1, backoffMs: 0 },
      log: (level, event, fields) => logged.push(`${level} ${event} ${String(fields?.["source"])}`),
      signal: new AbortController().signal,
    },
  };
}

const published = async (log: EventLog<DomainRecord>, topic: string): Promise<readonly string[]> =>
  (await collect(log.read(topic, {}))).map(({ key, value }) => `${key} from ${value.source}`).toSorted();

test("every source is published to the topic of its category; a missing, an empty and a wordless one disturb no other", async () => {
  const run = aRun({
    bad: "0.0.0.0 b.net\n0.0.0.0 c.net\n",
    ads: "127.0.0.1 ads.net\n0.0.0.0 b.net",
    empty: " \n\n",
    comments: "# nothing today\n",
  });
  const result = await runIngestion(run);
  expect(await published(run.eventLog, "malware_domains")).toEqual(["b.net from bad", "c.net from bad"]);
  expect(await published(run.eventLog, "ads_trackers_domains")).toEqual(["ads.net from ads", "b.net from ads"]);
  expect(result.statistics).toMatchObject({ sources_processed: 2, sources_failed: 2, domains_published: 4 });
  expect(result.failures.map(({ source, error }) => [source, error])).toEqual([
    ["empty", "ParseError"],
    ["missing", "FetchError"],
  ]);
  expect(run.logged.filter((line) => line.startsWith("ERROR")).toSorted()).toEqual([
    "ERROR source failed empty",
    "ERROR source failed missing",
  ]);
});

test("a repeated run with the same batch id publishes only what is missing", async () => {
  const run = aRun({ bad: "0.0.0.0 b.net\n" });
  await runIngestion(run);
  writeFileSync(join(run.folder, "missing"), "0.0.0.0 late.net\n");
  const again = await runIngestion(run);
  expect(await published(run.eventLog, "malware_domains")).toEqual(["b.net from bad", "late.net from missing"]);
  expect(again.publish_stats.by_source).toEqual({ bad: 1, missing: 1 });
  await runIngestion({ ...run, batchId: "run-2" });
  expect(await published(run.eventLog, "malware_domains")).toHaveLength(4);
});

test("sources are taken at most as many at a time as allowed, in their order", async () => {
  const run = aRun(
    Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, `0.0.0.0 d${index}.net\n`])),
  );
  let running = 0;
  let most = 0;
  const eventLog: EventLog<DomainRecord> = {
    ...run.eventLog,
    publish: async (topic, publication) => {
      most = Math.max(most, ++running);
      const receipt = await run.eventLog.publish(topic, publication);
      running -= 1;
      return receipt;
    },
  };
  const result = await runIngestion({ ...run, eventLog, concurrency: 3 });
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
  expect(Object.keys(result.publish_stats.by_source)).toEqual(run.sources.map((source) => source.name));
});

test("a source that opens and cannot be read is its own failure, not the log's", async () => {
  const run = aRun({ bad: "0.0.0.0 b.net\n" });
  mkdirSync(join(run.folder, "missing"));
  const result = await runIngestion(run);
  expect(result.failures).toMatchObject([
    { source: "missing", error: "FetchError", message: expect.stringMatching(/^source missing: .*EISDIR/) as string },
  ]);
  expect(await published(run.eventLog, "malware_domains")).toEqual(["b.net from bad"]);
});

test("a log that cannot be written ends the run: that is no source's failure", async () => {
  const run = aRun({ bad: "0.0.0.0 b.net\n" });
  writeFileSync(join(run.folder, "log"), "");
  await expect(runIngestion(run)).rejects.toThrow(KafkaPublishError);
});

test("a run that the log ends waits for its other sources: nothing is at work afterwards", async () => {
  const run = aRun({ bad: "0.0.0.0 b.net\n", ads: "0.0.0.0 ads.net\n" });
  const badFailed = Promise.withResolvers<void>();
  const ended: string[] = [];
  const eventLog: EventLog<DomainRecord> = {
    ...run.eventLog,
    publish: async (topic, publication) => {
      if (publication.batchId.endsWith("/bad")) {
        badFailed.resolve();
        throw new KafkaPublishError("the disk is full");
      }
      await badFailed.promise;
      await new Promise((later) => setImmediate(later));
      ended.push(publication.batchId);
      return run.eventLog.publish(topic, publication);
    },
  };
  await expect(runIngestion({ ...run, eventLog })).rejects.toThrow("the disk is full");
  expect(ended).toEqual(["run-1/ads"]);
});
