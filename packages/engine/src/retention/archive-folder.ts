// An archive is a folder of gzipped JSON lines, a file per table, and a manifest. It is a draft until the removal of its runs is committed: a process that
// dies in between leaves a draft, and the rows tell the next one which of its runs are gone.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import { finished } from "node:stream/promises";
import type { ExpiredRun, RetentionStore } from "@millrace/core";

const DRAFT = ".draft";
const MANIFEST = "manifest.json";

/** What the manifest of an archive says. */
export interface ArchiveManifest {
  readonly format: "millrace-archive";
  readonly formatVersion: 1;
  /** The removed runs. */
  readonly runIds: readonly number[];
  readonly dagIds: readonly string[];
  /** Gzipped JSON lines, one row of the table each, as PostgreSQL's `to_json` writes it. */
  readonly files: readonly { readonly table: string; readonly file: string; readonly sha256: string }[];
}

/** Archives of removed runs in a data folder. */
export class ArchiveFolder {
  readonly #store: RetentionStore;
  readonly #root: string;

  constructor({ store, dataFolder }: { readonly store: RetentionStore; readonly dataFolder: string }) {
    this.#store = store;
    this.#root = join(dataFolder, "archives");
  }

  /**
   * Writes what the runs have to a draft, durably.
   *
   * @param only this table, when its rows go and the runs stay.
   * @returns its folder.
   */
  async write(runs: readonly ExpiredRun[], only?: string): Promise<string> {
    const runIds = runs.map(({ runId }) => runId);
    const what = only ?? "runs";
    const folder = join(
      this.#root,
      `${what}-${Math.min(...runIds)}-${Math.max(...runIds)}-${suffixOf(runIds)}${DRAFT}`,
    );
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const files: { table: string; file: string; sha256: string }[] = [];
    for (const table of only === undefined ? this.#store.archivedTables : [only]) {
      const file = `${table}.jsonl.gz`;
      files.push({ table, file, sha256: await this.#writeTable(join(folder, file), table, runIds) });
    }
    const dagIds = [...new Set(runs.map(({ dagId }) => dagId))].sort();
    await writeManifest(folder, { format: "millrace-archive", formatVersion: 1, runIds, dagIds, files });
    return folder;
  }

  /** The removal is committed: the draft becomes an archive of those runs that went. */
  async finish(draft: string, removed: ReadonlySet<number>): Promise<void> {
    if (removed.size === 0) {
      await rm(draft, { recursive: true, force: true });
      return;
    }
    const manifest = JSON.parse(await readFile(join(draft, MANIFEST), "utf8")) as ArchiveManifest;
    if (removed.size < manifest.runIds.length)
      await writeManifest(draft, { ...manifest, runIds: manifest.runIds.filter((runId) => removed.has(runId)) });
    await rename(draft, draft.slice(0, -DRAFT.length));
  }

  /** Finishes what a process that died has left. */
  async settleDrafts(): Promise<void> {
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (!name.endsWith(DRAFT)) continue;
      const draft = join(this.#root, name);
      const text = await readFile(join(draft, MANIFEST), "utf8").catch(() => undefined);
      const { runIds } = text === undefined ? { runIds: [] } : (JSON.parse(text) as ArchiveManifest);
      const there = await this.#store.existingRuns(runIds);
      await this.finish(draft, new Set(runIds.filter((runId) => !there.has(runId))));
    }
  }

  async #writeTable(file: string, table: string, runIds: readonly number[]): Promise<string> {
    const hash = createHash("sha256");
    const gzip = createGzip({ level: 6 });
    const target = createWriteStream(file, { flush: true });
    gzip.on("data", (chunk: Buffer) => hash.update(chunk));
    gzip.pipe(target);
    await this.#store.exportRows(table, runIds, async (chunk) => {
      if (!gzip.write(chunk)) await once(gzip, "drain");
    });
    gzip.end();
    await finished(target);
    return hash.digest("hex");
  }
}

async function writeManifest(folder: string, manifest: ArchiveManifest): Promise<void> {
  const file = join(folder, MANIFEST);
  await writeFile(`${file}.new`, `${JSON.stringify(manifest, undefined, 2)}\n`, { flush: true });
  await rename(`${file}.new`, file);
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same runs give the same name: written again after a crash, they replace what was there. */
function suffixOf(runIds: readonly number[]): string {
  return createHash("sha256").update(runIds.join(",")).digest("hex").slice(0, 8);
}
