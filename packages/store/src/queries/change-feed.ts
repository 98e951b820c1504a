// Rows commit out of order. The feed is read in the order of transaction ids, below the oldest transaction that is still open: nothing appears there any more.
import { randomUUID } from "node:crypto";
import type { ChangeFeed, FeedEvent, FeedPage, Micros, PlacedEvent } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";
import { WakeUps } from "./wake-ups.ts";

/** Rows of the feed that one page is made of at most; each tells of a batch of runs. */
const ROWS_AT_ONCE = 100;
/** Whoever has not said so for 15 s follows the feed no more (migrations/0010-change-feed.sql). */
const SAY_SO_MS = 5_000;
const PLACE = /^([0-9a-f]{8})\.(\d{1,20})\.(\d{1,19})\.(\d{1,9})$/;

const END = `
  select s.epoch, pg_snapshot_xmin(pg_current_snapshot())::text as xmin
  from millrace.change_feed_start s`;

const STATE = `
  select s.epoch, pg_snapshot_xmin(pg_current_snapshot())::text as xmin, $1::xid8 <= s.pruned_to as is_pruned,
    $1::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as is_ahead,
    exists (select from millrace.change_feed f where f.xid >= pg_snapshot_xmin(pg_current_snapshot())) as is_waiting
  from millrace.change_feed_start s`;

// Primary keys of change_feed, run_change and dag_run. `$4`: xmin of an earlier snapshot, below which everything is settled; so this one sees all of it.
const READ = `
  with rows as materialized (
    select f.xid, f.feed_id, f.run_ids, f.versions, f.kind, f.about
    from millrace.change_feed f
    where (f.xid, f.feed_id) >= ($1::xid8, $2::bigint) and f.xid < $4::xid8
    order by f.xid, f.feed_id
    limit ${ROWS_AT_ONCE}
  ),
  placed as materialized (
    select r.xid, r.feed_id, coalesce(u.position, 1) as position, u.run_id, u.version, r.kind, r.about
    from rows r
    left join lateral unnest(r.run_ids, r.versions) with ordinality u (run_id, version, position) on true
    where r.xid > $1::xid8 or r.feed_id > $2::bigint or coalesce(u.position, 1) > $3::bigint
    order by r.xid, r.feed_id, coalesce(u.position, 1)
    limit $5
  )
  select p.xid::text as xid, p.feed_id, p.position, p.run_id, p.version, p.kind, p.about, c.at, c.changes, d.dag_id, d.run_key,
    (select count(*) from rows)::integer as rows
  from placed p
  left join millrace.run_change c on c.run_id = p.run_id and c.version = p.version
  left join millrace.dag_run d on d.run_id = p.run_id
  order by p.xid, p.feed_id, p.position`;

const SAY_SO = `
  insert into millrace.change_reader (reader_id) values ($1)
  on conflict (reader_id) do update set seen_at = now()`;

const FORGET_READERS = `
  delete from millrace.change_reader
  where reader_id = $1 or seen_at < now() - interval '1 hour'`;

interface FeedSql {
  readonly xid: string;
  readonly feed_id: number;
  readonly position: number;
  readonly run_id: number | null;
  readonly version: number | null;
  readonly kind: string | null;
  readonly about: string | null;
  readonly at: Micros | null;
  readonly changes: string | null;
  readonly dag_id: string | null;
  readonly run_key: string | null;
  readonly rows: number;
}

/** The feed of a database. */
export function makeChangeFeed(pool: DatabasePool, log: (line: string) => void): ChangeFeed {
  // A connection of its own, and only while somebody follows: schedulers are not woken by it.
  const wakeUps = new WakeUps(pool, log, ["changes"]);
  return {
    end: async () => {
      const { rows } = await runGuarded(pool, "any", (client) => client.query<{ epoch: string; xmin: string }>(END));
      const [{ epoch, xmin }] = rows;
      return placeText(epoch, xmin, 0, 0);
    },
    read: (place, limit) => readFeed(pool, place, limit),
    isBefore: (place, other) => {
      const [a, b] = [numbersOf(place), numbersOf(other)];
      const first = a.findIndex((number, index) => number !== b[index]);
      return first >= 0 && a[first] < b[first];
    },
    listen: (wake) => follow(pool, wakeUps, wake),
  };
}

async function readFeed(pool: DatabasePool, place: string, limit: number): Promise<FeedPage | undefined> {
  const [, epoch = "", xid = "", feedId = "", position = ""] = PLACE.exec(place) ?? [];
  if (epoch === "" || BigInt(xid) >= 1n << 63n || BigInt(feedId) >= 1n << 63n) return undefined;
  return await runGuarded(pool, "any", async (client) => {
    type StateSql = { epoch: string; xmin: string; is_pruned: boolean; is_ahead: boolean; is_waiting: boolean };
    const state = (await client.query<StateSql>(STATE, [xid])).rows[0];
    if (state.epoch !== epoch || state.is_pruned || state.is_ahead) return undefined;
    const { rows } = await client.query<FeedSql>(READ, [xid, feedId, position, state.xmin, limit]);
    const events = rows.flatMap((row): PlacedEvent[] => {
      const event = eventOf(row);
      return event ? [{ place: placeText(epoch, row.xid, row.feed_id, row.position), event }] : [];
    });
    const last = rows.at(-1);
    if (last && (rows.length >= limit || last.rows >= ROWS_AT_ONCE))
      return { events, place: placeText(epoch, last.xid, last.feed_id, last.position), isMoreComing: true };
    const end = BigInt(state.xmin) > BigInt(xid) ? placeText(epoch, state.xmin, 0, 0) : place;
    return { events, place: end, isMoreComing: state.is_waiting };
  });
}

async function follow(pool: DatabasePool, wakeUps: WakeUps, wake: () => void): Promise<() => Promise<void>> {
  const readerId = randomUUID();
  const saySo = async (): Promise<void> => {
    await runGuarded(pool, "any", (client) => client.query(SAY_SO, [readerId])).catch(() => {
      // Said again soon; until then it is woken by the clock.
    });
  };
  await saySo();
  const timer = setInterval(() => void saySo(), SAY_SO_MS);
  timer.unref();
  const stop = await wakeUps.listen(["changes"], wake);
  return async () => {
    clearInterval(timer);
    await stop();
    await runGuarded(pool, "any", (client) => client.query(FORGET_READERS, [readerId])).catch(() => undefined);
  };
}

function eventOf(row: FeedSql): FeedEvent | undefined {
  if (row.kind !== null)
    return { kind: row.kind, ...(JSON.parse(row.about ?? "{}") as object) } as unknown as FeedEvent;
  const { dag_id: dagId, run_key: runKey, run_id: runId, version, at, changes } = row;
  // Deleted since then: its own event says so.
  if (dagId === null || runKey === null || at === null || changes === null) return undefined;
  return { kind: "run", dagId, runId: runId as number, runKey, version: version as number, at, changes };
}

function numbersOf(place: string): readonly bigint[] {
  return place.split(".").slice(1).map(BigInt);
}

function placeText(epoch: string, xid: string, feedId: number, position: number): string {
  return `${epoch}.${xid}.${feedId}.${position}`;
}
