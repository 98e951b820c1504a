// Each layer reads what its source has added since the progress that its own table remembers, and commits the rows and the
// new progress together: a step that dies is repeated from the same point, and no event counts twice.
import type { DomainRecord } from "../steps/domain-record.ts";
import { TOPICS } from "../steps/domain-record.ts";
import {
  type BronzeRow,
  type GoldRow,
  type SilverRow,
  mergeIntoGold,
  refreshGold,
  toBronzeRow,
  toSilverRow,
} from "../steps/layer-rows.ts";
import { LakeError } from "../steps/pipeline-errors.ts";
import type { LayerBacklog } from "../steps/judge-backlog.ts";
import type { Layer } from "../steps/lake-schema.ts";
import type { EventLog, Positions } from "./event-log.ts";
import type { LakeTable, Progress, VersionedTable, WriteResult } from "./lake-table.ts";

// Positions saved in the log serve lag and retention; the truth is in the table.
const BRONZE_CONSUMER = "bronze";

const VACUUM_RETENTION_MS = 168 * 3_600_000;

/** The tables of the three layers. */
export interface Lake {
  readonly bronze: LakeTable<BronzeRow>;
  readonly silver: LakeTable<SilverRow>;
  readonly gold: LakeTable<GoldRow>;
}

/** What one pass over a layer did. */
export interface LayerReport {
  readonly layer: Layer;
  /** `superseded`: another pass was at work at the same time, and this one wrote nothing. */
  readonly outcome: WriteResult["kind"];
  /** Rows written: appended ones, for gold all rows of the rewritten files. */
  readonly rows: number;
  /** Version of the table afterwards; −1 while it is empty. */
  readonly version: number;
}

/** Events of the log that bronze has not taken yet → appended bronze rows. */
export async function processBronze(
  log: EventLog<DomainRecord>,
  bronze: LakeTable<BronzeRow>,
  nowMs: () => number,
): Promise<LayerReport> {
  const expected = await bronze.progress();
  const present = new Set(await log.topics());
  const ranges: TopicRange[] = [];
  for (const topic of TOPICS) if (present.has(topic)) ranges.push(await unreadRange(log, topic, expected));
  async function* rows(): AsyncGenerator<BronzeRow> {
    for (const { topic, from, until } of ranges)
      for await (const event of log.read(topic, from, until)) yield toBronzeRow(event, nowMs());
  }
  const next = Object.assign({}, ...ranges.map(({ topic, until }) => progressOf(topic, until))) as Progress;
  const result = await bronze.append(rows(), { expected, next });
  if (result.kind !== "superseded")
    for (const { topic, until } of ranges) await log.savePositions(BRONZE_CONSUMER, topic, until);
  return finishPass("bronze", bronze, result);
}

/** Bronze rows that silver has not taken yet → appended silver rows, cleaned and judged. */
export async function processSilver(
  bronze: LakeTable<BronzeRow>,
  silver: LakeTable<SilverRow>,
  nowMs: () => number,
): Promise<LayerReport> {
  const { after, until, step } = await unreadVersions(bronze, silver);
  async function* rows(): AsyncGenerator<SilverRow> {
    for await (const row of bronze.readAppended(after, until)) yield toSilverRow(row, nowMs());
  }
  return finishPass("silver", silver, await silver.append(rows(), step));
}

/** Valid silver rows that gold has not taken yet → one gold row per domain, merged. */
export async function processGold(
  silver: LakeTable<SilverRow>,
  gold: LakeTable<GoldRow>,
  nowMs: () => number,
): Promise<LayerReport> {
  const { after, until, step } = await unreadVersions(silver, gold);
  if (until <= after) return finishPass("gold", gold, { kind: "unchanged" });
  const now = nowMs();
  async function* changes(): AsyncGenerator<SilverRow> {
    for await (const row of silver.readAppended(after, until)) if (row.is_valid === "true") yield row;
  }
  const result = await gold.merge<SilverRow>(
    {
      changes: changes(),
      keyOf: (item) => item.domain,
      fold: (known, seen) => mergeIntoGold(known, seen, now),
      refresh: (row) => refreshGold(row, now),
    },
    step,
  );
  return finishPass("gold", gold, result);
}

/** The backlog of every layer, as its own progress and its input say. */
export async function measureBacklog(log: EventLog<DomainRecord>, lake: Lake): Promise<readonly LayerBacklog[]> {
  return [
    await bronzeBacklog(log, lake.bronze),
    await tableBacklog("silver", lake.bronze, lake.silver),
    await tableBacklog("gold", lake.silver, lake.gold),
  ];
}

interface TopicRange {
  readonly topic: string;
  readonly from: Positions;
  readonly until: Positions;
}

async function unreadRange(log: EventLog<DomainRecord>, topic: string, progress: Progress): Promise<TopicRange> {
  const bounds = Object.entries(await log.bounds(topic)).map(([partition, { earliest, end }]) => ({
    partition: Number(partition),
    earliest,
    end,
  }));
  return {
    topic,
    from: Object.fromEntries(
      bounds.map(({ partition, earliest }) => [partition, progress[progressName(topic, partition)] ?? earliest]),
    ),
    until: Object.fromEntries(bounds.map(({ partition, end }) => [partition, end])),
  };
}

async function unreadVersions(source: VersionedTable, target: VersionedTable) {
  const expected = await target.progress();
  const until = await source.version();
  const after = expected[source.name] ?? -1;
  if (until < after) {
    const found = `${target.name} has read ${source.name} up to version ${after}, and the table there has version ${until}`;
    throw new LakeError(`${found}: it is another table; give ${target.name} a new folder too`, { after, until });
  }
  return { after, until, step: { expected, next: until > after ? { [source.name]: until } : {} } };
}

async function finishPass(layer: Layer, table: VersionedTable, result: WriteResult): Promise<LayerReport> {
  if (result.kind === "committed") await table.vacuum(VACUUM_RETENTION_MS);
  return {
    layer,
    outcome: result.kind,
    rows: result.kind === "committed" ? result.rows : 0,
    version: await table.version(),
  };
}

async function bronzeBacklog(log: EventLog<DomainRecord>, bronze: LakeTable<BronzeRow>): Promise<LayerBacklog> {
  const progress = await bronze.progress();
  const present = new Set(await log.topics());
  let pending = 0;
  const waitingSince: number[] = [];
  for (const topic of TOPICS.filter((name) => present.has(name))) {
    const { from, until } = await unreadRange(log, topic, progress);
    for (const [partition, end] of Object.entries(until)) pending += end - (from[Number(partition)] ?? 0);
    for await (const event of log.read(topic, from, until)) {
      waitingSince.push(event.timestampMs);
      break;
    }
  }
  return backlogOf("bronze", bronze, pending, waitingSince);
}

async function tableBacklog(layer: Layer, source: VersionedTable, target: VersionedTable): Promise<LayerBacklog> {
  const { after, until } = await unreadVersions(source, target);
  return backlogOf(layer, target, until - after, until > after ? [await source.committedAt(after + 1)] : []);
}

async function backlogOf(
  layer: Layer,
  table: VersionedTable,
  pending: number,
  waitingSince: readonly number[],
): Promise<LayerBacklog> {
  const version = await table.version();
  return {
    layer,
    pending,
    ...(waitingSince.length > 0 ? { oldestPendingAt: Math.min(...waitingSince) } : {}),
    ...(version >= 0 ? { lastCommitAt: await table.committedAt(version) } : {}),
  };
}

const progressName = (topic: string, partition: number): string => `${topic}/${partition}`;
const progressOf = (topic: string, positions: Positions): Progress =>
  Object.fromEntries(
    Object.entries(positions).map(([partition, offset]) => [progressName(topic, Number(partition)), offset]),
  );
