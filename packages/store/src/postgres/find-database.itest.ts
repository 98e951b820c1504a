import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBinaries } from "./binaries.ts";
import { findDatabase } from "./find-database.ts";
import { openPool } from "./open-pool.ts";
import { startEmbeddedPostgres } from "./start-embedded-postgres.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mr-find-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("a database URL goes before everything else", async () => {
  const url = "postgres://me@db.example/millrace";
  expect(await findDatabase({ url, folder })).toEqual({ kind: "url", url });
});

test("a URL of something else is refused", async () => {
  await expect(findDatabase({ url: "mysql://me@db.example/x", folder })).rejects.toMatchObject({ code: "BAD_CONFIG" });
});

test("without a URL the programs of the package are chosen", async () => {
  expect(await findDatabase({ folder })).toMatchObject({
    kind: "embedded",
    folder,
    binaries: { origin: "package", major: 18 },
  });
});

test("a version that is nowhere is told with every place that was searched", async () => {
  const search = await findBinaries({ linkFolder: join(folder, "lib"), major: 13 });
  expect(search).toMatchObject({ found: false });
  expect(!search.found && search.misses.length).toBeGreaterThanOrEqual(2);
});

const older = await Promise.all(
  [14, 15, 16, 17].map((major) => findBinaries({ linkFolder: join(tmpdir(), "mr-no-links"), major })),
);

for (const search of older.filter((found) => found.found)) {
  test(`a PostgreSQL ${String(search.binaries.major)} of the machine starts with our settings`, async () => {
    await using server = await startEmbeddedPostgres({ folder, binaries: search.binaries });
    await using pool = await openPool({ url: server.url });
    expect(Math.floor(pool.serverVersion / 10_000)).toBe(search.binaries.major);
  });
}
