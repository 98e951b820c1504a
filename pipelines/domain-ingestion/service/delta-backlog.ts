// How far the tables that Spark writes are behind: by the times of the newest data of each table and of the log, as no table of Spark tells which version of
// its source it has read. Something waits when the source is newer than the table.
import { openDelta } from "@millrace/provider-delta";
import { type Context, MillraceError } from "millrace";
import { type DomainRecord, TOPICS } from "../steps/domain-record.ts";
import type { LayerBacklog } from "../steps/judge-backlog.ts";
import { LAYERS, type Layer } from "../steps/lake-schema.ts";
import type { EventLog } from "./event-log.ts";

/** The last events of a topic that are looked at; marks of transactions are among them. */
const TAIL = 100;

/** How a Delta table is reached. */
export interface TableAccess {
  /** Of type aws, or its id; for tables on S3. Empty: what the machine has. */
  readonly connection?: string;
  readonly ctx: Pick<Context, "connection" | "signal">;
}

/** When the newest data of a table was committed, in milliseconds since the epoch; undefined when there is no table, or none in it. */
export async function newestDataOf(path: string, { connection = "", ctx }: TableAccess): Promise<number | undefined> {
  try {
    await using table = await openDelta(path, { ctx, ...(connection === "" ? {} : { connection }) });
    const newest = await table.newestData();
    return newest === undefined ? undefined : Date.parse(newest.committedAt);
  } catch (error) {
    // The job that fills it makes it; until then there is nothing that could be old.
    if (error instanceof MillraceError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

/** The backlog of every layer; `pending` is 1 when something waits. */
export async function measureDeltaBacklog(
  log: EventLog<DomainRecord>,
  tables: Readonly<Record<Layer, string>>,
  access: TableAccess,
): Promise<readonly LayerBacklog[]> {
  const backlogs: LayerBacklog[] = [];
  let sourceAt = await newestEvent(log);
  for (const layer of LAYERS) {
    const ownAt = await newestDataOf(tables[layer], access);
    const waits = sourceAt !== undefined && (ownAt === undefined || sourceAt > ownAt);
    backlogs.push({
      layer,
      pending: waits ? 1 : 0,
      ...(waits && sourceAt !== undefined ? { oldestPendingAt: sourceAt } : {}),
      ...(ownAt === undefined ? {} : { lastCommitAt: ownAt }),
    });
    sourceAt = ownAt;
  }
  return backlogs;
}

async function newestEvent(log: EventLog<DomainRecord>): Promise<number | undefined> {
  const present = new Set(await log.topics());
  let newest: number | undefined;
  for (const topic of TOPICS.filter((name) => present.has(name))) {
    const bounds = Object.entries(await log.bounds(topic));
    const from = bounds.map(([partition, { earliest, end }]) => [partition, Math.max(earliest, end - TAIL)] as const);
    for await (const { timestampMs } of log.read(topic, Object.fromEntries(from)))
      newest = Math.max(newest ?? timestampMs, timestampMs);
  }
  return newest;
}
