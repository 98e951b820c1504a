import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const LOCKFILES = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"];

/** Hashes of what the lockfiles say about packages. Good for one scan: it reads each lockfile once. */
export interface LockReader {
  /**
   * @returns the hash of the entries of these packages and of all that they depend on (package-lock.json), of the whole file (other lockfiles),
   * or "" where no lockfile lies in the folder or above it.
   */
  hash(folder: string, packages: readonly string[]): string;
  /** The lockfiles that were read. */
  readonly files: ReadonlySet<string>;
}

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Lock =
  | { readonly kind: "entries"; readonly root: string; readonly entries: Readonly<Record<string, LockEntry>> }
  | { readonly kind: "whole"; readonly hash: string };

/** Reads lockfiles as they are now. */
export function createLockReader(): LockReader {
  const places = new Map<string, string | undefined>();
  const locks = new Map<string, Lock>();
  const known = new Map<string, string>();
  const files = new Set<string>();
  return {
    files,
    hash(folder, packages) {
      const file = findLockfile(folder, places);
      if (file === undefined) return "";
      files.add(file);
      let lock = locks.get(file);
      if (lock === undefined) locks.set(file, (lock = readLock(file)));
      if (lock.kind === "whole") return lock.hash;
      const key = `${folder}\n${packages.join("\n")}`;
      let hash = known.get(key);
      if (hash === undefined) known.set(key, (hash = hashEntries(lock, folder, packages)));
      return hash;
    },
  };
}

function findLockfile(folder: string, places: Map<string, string | undefined>): string | undefined {
  if (places.has(folder)) return places.get(folder);
  const here = LOCKFILES.map((name) => join(folder, name)).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
  const above = dirname(folder);
  const found = here ?? (above === folder ? undefined : findLockfile(above, places));
  places.set(folder, found);
  return found;
}

function readLock(file: string): Lock {
  const text = readFileSync(file, "utf8");
  const whole = (): Lock => ({ kind: "whole", hash: createHash("sha256").update(text).digest("hex") });
  if (!file.endsWith("package-lock.json")) return whole();
  try {
    const { packages } = JSON.parse(text) as { readonly packages?: Readonly<Record<string, LockEntry>> };
    return packages === undefined ? whole() : { kind: "entries", root: dirname(file), entries: packages };
  } catch {
    // Half written, or of a form that only npm knows: any change of it counts then.
    return whole();
  }
}

function hashEntries(lock: Lock & { readonly kind: "entries" }, folder: string, packages: readonly string[]): string {
  const from = folder === lock.root ? "" : folder.slice(lock.root.length + 1);
  const lines = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string, base: string): void => {
    const path = resolveEntry(lock.entries, name, base);
    if (path === undefined) {
      lines.add(`${name} is not in the lockfile`);
      return;
    }
    if (seen.has(path)) return;
    seen.add(path);
    const found = lock.entries[path];
    const target = found.link === true && found.resolved !== undefined ? found.resolved : path;
    const entry = lock.entries[target] ?? found;
    lines.add(`${path} ${entry.version ?? ""} ${found.resolved ?? ""} ${entry.integrity ?? ""}`);
    for (const each of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies }))
      visit(each, target);
  };
  for (const name of packages) visit(name, from);
  return createHash("sha256")
    .update([...lines].sort().join("\n"))
    .digest("hex");
}

/** As Node looks for packages: in the folder's own node_modules, then in those above it. */
function resolveEntry(entries: Readonly<Record<string, LockEntry>>, name: string, base: string): string | undefined {
  for (let folder = base; ; folder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "") {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in entries) return path;
    if (folder === "") return undefined;
  }
}
