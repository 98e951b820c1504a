import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DomainRecord } from "../steps/domain-record.ts";
import { collect } from "../testing/collect.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { EventLog } from "./event-log.ts";
import { openFileEventLog } from "./file-event-log.ts";
import { openLake } from "./open-lake.ts";
import { type Lake, measureBacklog, processBronze, processGold, processSilver } from "./process-layers.ts";

const T0 = Date.parse("2025-10-01T00:00:00Z");
const DAY = 24 * 3_600_000;

interface World {
  now: number;
  readonly log: EventLog<DomainRecord>;
  readonly lake: Lake;
  readonly folder: string;
}

async function aWorld(): Promise<World> {
  const folder = temporaryFolder();
  const world = { now: T0, folder } as { -readonly [Key in keyof World]: World[Key] };
  world.log = openFileEventLog<DomainRecord>({ folder: join(folder, "log"), nowMs: () => world.now });
  world.lake = openLake({ bronzePath: "bronze", silverPath: "silver", goldPath: "gold" }, folder, () => world.now);
  for (const topic of ["malware_domains", "ads_trackers_domains"]) await world.log.createTopic(topic);
  return world;
}

const record = (domain: string, over: Partial<DomainRecord> = {}): DomainRecord => ({
  domain,
  category: "ads_trackers",
  source: "s",
  source_format: "hosts",
  raw_entry: `0.0.0.0 ${domain}`,
  ingestion_timestamp: new Date(T0).toISOString(),
  metadata: { line_number: 1, source_url: "x", content_length: 9 },
  ...over,
});

async function publish({ log }: World, batchId: string, ...records: readonly DomainRecord[]): Promise<void> {
  for (const category of ["malware", "ads_trackers"] as const) {
    const events = records
      .filter((value) => value.category === category)
      .map((value) => ({ key: value.domain, value }));
    if (events.length > 0) await log.publish(`${category}_domains`, { batchId, events });
  }
}

async function pass({ log, lake, now }: World) {
  const nowMs = (): number => now;
  return [
    await processBronze(log, lake.bronze, nowMs),
    await processSilver(lake.bronze, lake.silver, nowMs),
    await processGold(lake.silver, lake.gold, nowMs),
  ];
}

test("an event becomes a bronze row that knows where it came from", async () => {
  const world = await aWorld();
  await publish(world, "b", record("a.net"));
  await pass(world);
  expect(await collect(world.lake.bronze.read())).toEqual([
    {
      domain: "a.net",
      category: "ads_trackers",
      source: "s",
      source_format: "hosts",
      raw_entry: "0.0.0.0 a.net",
      ingestion_timestamp: "2025-10-01T00:00:00.000Z",
      metadata: { line_number: "1", source_url: "x", content_length: "9" },
      kafka_topic: "ads_trackers_domains",
      kafka_partition: 0,
      kafka_offset: 0,
      kafka_timestamp: "2025-10-01T00:00:00.000Z",
      bronze_timestamp: "2025-10-01T00:00:00.000Z",
      ingestion_date: "2025-10-01",
    },
  ]);
});

test("silver cleans and judges, keeping what is not valid; gold takes only what is", async () => {
  const world = await aWorld();
  await publish(world, "b", record("https://WWW.a.net/x"), record("b_c.net"));
  await pass(world);
  const silver = await collect(world.lake.silver.read());
  expect(
    silver.map(({ domain, is_valid, validation_errors, bronze_offset }) => [
      domain,
      is_valid,
      validation_errors,
      bronze_offset,
    ]),
  ).toEqual([
    ["a.net", "true", null, 0],
    ["b_c.net", "false", "Invalid domain format", 1],
  ]);
  expect((await collect(world.lake.gold.read())).map((row) => row.domain)).toEqual(["a.net"]);
});

test("gold knows one row per domain: malware wins, sources are united, first and last sighting kept", async () => {
  const world = await aWorld();
  const at = (days: number): string => new Date(T0 + days * DAY).toISOString();
  await publish(
    world,
    "b1",
    record("a.net", { source: "z", ingestion_timestamp: at(1) }),
    record("a.net", { category: "malware", source: "m", ingestion_timestamp: at(2) }),
  );
  await pass(world);
  world.now = T0 + 3 * DAY;
  await publish(
    world,
    "b2",
    record("a.net", { source: "z", ingestion_timestamp: at(3) }),
    record("a.net", {
      source: "k",
      ingestion_timestamp: at(0),
      metadata: { line_number: 9, source_url: "old", content_length: 1 },
    }),
  );
  await pass(world);
  expect(await collect(world.lake.gold.read())).toEqual([
    {
      domain: "a.net",
      category: "malware",
      source_list: '["k","m","z"]',
      source_count: 3,
      first_seen: at(0),
      last_seen: at(3),
      last_updated: at(3),
      is_active: "true",
      metadata: { line_number: "1", source_url: "x", content_length: "9" },
      domain_hash: "206fa2aa89ca491eceff0ab60bfd6175e3c04db526d13c473773a8037b8db0a8",
    },
  ]);
});

test("a domain that was not seen for more than 7 days is no longer active once its file is rewritten", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"));
  await pass(world);
  world.now = T0 + 8 * DAY;
  await publish(world, "b2", record("a.net", { source: "late" }));
  await pass(world);
  expect(await collect(world.lake.gold.read())).toMatchObject([
    { domain: "a.net", is_active: "false", last_seen: "2025-10-01T00:00:00.000Z" },
  ]);
});

test("a second pass without new events writes nothing; with new ones it takes only those", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"), record("m.net", { category: "malware" }));
  expect((await pass(world)).map(({ layer, outcome, rows, version }) => [layer, outcome, rows, version])).toEqual([
    ["bronze", "committed", 2, 0],
    ["silver", "committed", 2, 0],
    ["gold", "committed", 2, 0],
  ]);
  expect((await pass(world)).map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "unchanged"]);
  await publish(world, "b2", record("b.net"));
  expect((await pass(world)).map(({ outcome, version }) => [outcome, version])).toEqual([
    ["committed", 1],
    ["committed", 1],
    ["committed", 1],
  ]);
  expect(
    (await collect(world.lake.bronze.read())).map((row) => `${row.kafka_topic} ${row.kafka_offset}`).toSorted(),
  ).toEqual(["ads_trackers_domains 0", "ads_trackers_domains 1", "malware_domains 0"]);
});

test("a bronze pass that died after its commit and before saving its position takes nothing twice", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"));
  const dying: EventLog<DomainRecord> = { ...world.log, savePositions: () => Promise.reject(new Error("killed")) };
  await expect(processBronze(dying, world.lake.bronze, () => T0)).rejects.toThrow("killed");
  expect(await processBronze(world.log, world.lake.bronze, () => T0)).toMatchObject({ outcome: "unchanged" });
  expect(await world.log.positions("bronze", "ads_trackers_domains")).toEqual({ 0: 1 });
  expect(await collect(world.lake.bronze.read())).toHaveLength(1);
});

test("a layer that takes input removes what a killed pass of it left behind a week ago", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"));
  await pass(world);
  const left = ["bronze", "silver", "gold"].map((layer) => join(world.folder, layer, "domains/part-dead.jsonl"));
  for (const path of left) {
    writeFileSync(path, "{}\n");
    utimesSync(path, new Date(T0), new Date(T0));
  }
  world.now = T0 + 8 * DAY;
  expect((await pass(world)).map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "unchanged"]);
  expect(left.filter((path) => existsSync(path))).toEqual(left);
  await publish(world, "b2", record("b.net"));
  await pass(world);
  expect(left.filter((path) => existsSync(path))).toEqual([]);
});

test("an event that is no domain record stops bronze with its place, and nothing of the pass is written", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"));
  const events = [{ key: "x", value: { domain: "x.net" } as DomainRecord }];
  await world.log.publish("ads_trackers_domains", { batchId: "b2", events });
  await expect(pass(world)).rejects.toThrow("event 1 of ads_trackers_domains/0 is no domain record");
  expect(await world.lake.bronze.version()).toBe(-1);
});

test("a layer whose source was exchanged for an emptier table says so instead of waiting for ever", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"));
  await pass(world);
  const other = openLake({ bronzePath: "new", silverPath: "silver", goldPath: "gold" }, world.folder, () => T0);
  await expect(processSilver(other.bronze, other.silver, () => T0)).rejects.toThrow(
    "give silver.domains a new folder too",
  );
});

test("of two bronze passes at once one takes the events", async () => {
  const world = await aWorld();
  await publish(world, "b1", record("a.net"), record("b.net"));
  const reports = await Promise.all([
    processBronze(world.log, world.lake.bronze, () => T0),
    processBronze(world.log, world.lake.bronze, () => T0),
  ]);
  expect(reports.map(({ outcome }) => outcome).toSorted()).not.toEqual(["committed", "committed"]);
  expect(await collect(world.lake.bronze.read())).toHaveLength(2);
});

test("the backlog says how much each layer has left and since when", async () => {
  const world = await aWorld();
  expect(await measureBacklog(world.log, world.lake)).toEqual([
    { layer: "bronze", pending: 0 },
    { layer: "silver", pending: 0 },
    { layer: "gold", pending: 0 },
  ]);
  await publish(world, "b1", record("a.net"), record("b.net"));
  world.now = T0 + DAY;
  expect((await measureBacklog(world.log, world.lake))[0]).toEqual({
    layer: "bronze",
    pending: 2,
    oldestPendingAt: T0,
  });
  await processBronze(world.log, world.lake.bronze, () => world.now);
  expect(await measureBacklog(world.log, world.lake)).toEqual([
    { layer: "bronze", pending: 0, lastCommitAt: T0 + DAY },
    { layer: "silver", pending: 1, oldestPendingAt: T0 + DAY },
    { layer: "gold", pending: 0 },
  ]);
});
