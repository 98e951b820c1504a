// A process that is killed while it makes or starts the embedded database: the next start on the folder has a whole one, and no data is lost.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool, startEmbeddedPostgres } from "@millrace/store";
import { expect, test } from "vitest";
import { startClusterToDeath, type ClusterDeath } from "./harness/start-cluster-to-death.ts";

/** In the order in which they appear. */
const POINTS = [
  "gate.1",
  "draft",
  "draft/PG_VERSION",
  "draft/postgresql.conf",
  "draft/global/pg_control",
  "draft/base/1/PG_VERSION",
  "draft/base/5",
  "cluster",
  "cluster/postmaster.pid",
  "run/.s.PGSQL.5432",
];
const deaths: readonly ClusterDeath[] = POINTS.flatMap((when) => [
  { when, who: "owner" },
  { when, who: "all" },
]);
const startDeaths = deaths.filter(({ when }) => when.startsWith("cluster/") || when.startsWith("run/"));

function tempFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "mr-kill-cluster-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface Seen {
  readonly cluster: string;
  readonly databases: number;
  readonly kept: readonly { readonly n: number }[];
}

/** Starts the database, says what is in it, leaves a row there, and stops it. */
async function visit(folder: string): Promise<Seen> {
  await using server = await startEmbeddedPostgres({ folder });
  await using pool = await openPool({ url: server.url, max: 2 });
  await pool.query("create table if not exists kept (n int)");
  const kept = await pool.query<{ n: number }>("select n from kept order by n");
  await pool.query("insert into kept select count(*) from kept");
  const [seen] = (
    await pool.query<{ cluster: string; databases: number }>(
      "select (select system_identifier::text from pg_control_system()) as cluster, (select count(*)::int from pg_database) as databases",
    )
  ).rows;
  return { ...seen, kept: kept.rows };
}

test.for(deaths)(
  "killed when $when is there ($who): the next start has a whole database",
  { concurrent: true },
  async (death, { expect }) => {
    using folder = tempFolder();
    await startClusterToDeath(folder.path, death);
    const first = await visit(folder.path);
    expect(first).toMatchObject({ databases: 4, kept: [] });
    expect(await visit(folder.path)).toEqual({ ...first, kept: [{ n: 0 }] });
    expect(readdirSync(folder.path).filter((name) => name.startsWith("cluster"))).toEqual(["cluster"]);
  },
);

test("killed twice in a row while the database is made, the third start has a whole one", async () => {
  using folder = tempFolder();
  await startClusterToDeath(folder.path, { when: "draft/global/pg_control", who: "owner" });
  await startClusterToDeath(folder.path, { when: "draft/base/5", who: "owner" });
  expect(await visit(folder.path)).toMatchObject({ databases: 4, kept: [] });
});

test("killed at starts of a database that has data: it stays the same one with all its data", async () => {
  using folder = tempFolder();
  const first = await visit(folder.path);
  let visits = 1;
  for (const death of startDeaths) {
    await startClusterToDeath(folder.path, death);
    const kept = Array.from({ length: visits }, (_, n) => ({ n }));
    expect(await visit(folder.path)).toEqual({ ...first, kept });
    visits += 1;
  }
});
