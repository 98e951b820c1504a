import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a process holds. */
export interface Held {
  /** What is its own: heap and stacks, without files and shared memory. */
  readonly memoryBytes: number;
  readonly handles: number;
}

/** The processes below one, that one first, and what each was started as. */
export function processTree(root: number): readonly { readonly pid: number; readonly command: string }[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(readOr(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ")[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const found: { pid: number; command: string }[] = [];
  const visit = (pid: number): void => {
    found.push({ pid, command: readOr(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() });
    for (const child of parents.get(pid) ?? []) visit(child);
  };
  visit(root);
  return found;
}

/** What a process holds now; zero once it is gone. */
export function heldBy(pid: number): Held {
  const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? "0";
  return { memoryBytes: Number(kilobytes) * 1_024, handles: countFiles(`/proc/${pid}/fd`) };
}

/** Bytes of all files below a folder. */
export function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of listOr(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += folderBytes(path);
    else bytes += sizeOr(path);
  }
  return bytes;
}

function countFiles(folder: string): number {
  return listOr(folder).length;
}

// Processes and files may go while they are looked at.
function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listOr(folder: string): readonly import("node:fs").Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function sizeOr(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
