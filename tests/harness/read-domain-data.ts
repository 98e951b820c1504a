// Reads what the domain ingestion wrote from its files alone: none of the pipeline's own code is used.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** An event of the log or a row of a table. */
export type Row = Readonly<Record<string, unknown>>;

/** An event as its topic keeps it. */
export interface DomainEvent {
  readonly key: string;
  readonly value: Row;
}

/** Distinct valid domains of each of the pipeline's fixtures; counted by hand and by an independent script. */
export const FIXTURES = { stevenblack: 39, urlhaus: 27, "1hosts": 27, adwars: 22 };
/** Of all of them. */
export const DOMAINS = 110;

const TOPICS = ["malware_domains", "ads_trackers_domains"];

/** All events of both topics, in the order of their offsets. */
export async function readEvents(data: string): Promise<readonly DomainEvent[]> {
  const events: DomainEvent[] = [];
  for (const topic of TOPICS) {
    const folder = join(data, "log/topics", topic, "0");
    for (const name of (await readdir(folder)).filter((each) => each.endsWith(".jsonl")).toSorted()) {
      const lines = await readLines(join(folder, name));
      const { seal } = lines.pop() as { readonly seal: { readonly count: number } };
      if (seal.count !== lines.length)
        throw new Error(`${name} is sealed with ${seal.count} events, not ${lines.length}`);
      events.push(...(lines as unknown as DomainEvent[]));
    }
  }
  return events;
}

/** All rows of the newest version of a layer's table. */
export async function readLayer(data: string, layer: "bronze" | "silver" | "gold"): Promise<readonly Row[]> {
  const table = join(data, "lake", layer, "domains");
  const files = new Set<string>();
  for (const action of await readCommits(table)) {
    const { add, remove } = action as { add?: { path: string }; remove?: { path: string } };
    if (add) files.add(add.path);
    if (remove) files.delete(remove.path);
  }
  return (await Promise.all([...files].map((file) => readLines(join(table, file))))).flat();
}

/** How many rows have each value of a column. */
export function countBy(rows: readonly Row[], column: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1;
  return counts;
}

async function readCommits(table: string): Promise<readonly Row[]> {
  const folder = join(table, "_delta_log");
  const commits = (await readdir(folder)).filter((name) => /^\d{20}\.json$/.test(name)).toSorted();
  return (await Promise.all(commits.map((name) => readLines(join(folder, name))))).flat();
}

async function readLines(file: string): Promise<Row[]> {
  return (await readFile(file, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}
