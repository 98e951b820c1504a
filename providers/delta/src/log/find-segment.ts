import { MillraceError } from "@millrace/core";
import type { TableStorage } from "../storage/table-storage.ts";
import { LOG_FOLDER, readLogFileName, versionText } from "./log-file-name.ts";
import { readLines } from "./read-lines.ts";

/** A complete checkpoint. */
export interface Checkpoint {
  readonly version: number;
  /** Its parts, as named in the folder of the log. */
  readonly files: readonly string[];
}

/** The files of the log that make up one version of the table. */
export interface LogSegment {
  readonly version: number;
  /** The newest one up to the version. Without one, the log is there from its beginning. */
  readonly checkpoint?: Checkpoint;
}

/**
 * The newest version of a table, or the one that is asked for. The list of files begins at the checkpoint that the writer has left a note of, so that it does not
 * grow with the history of the table.
 *
 * @throws MillraceError NOT_FOUND when there is no table, or no such version (any more)
 */
export async function findSegment(storage: TableStorage, version?: number): Promise<LogSegment> {
  const noted = await lastCheckpointVersion(storage);
  const usesNote = noted !== undefined && (version === undefined || noted <= version);
  const segment = await listSegment(storage, usesNote ? noted : 0, version);
  // A note without its checkpoint: the log is what counts.
  const found = usesNote && segment?.checkpoint === undefined ? await listSegment(storage, 0, version) : segment;
  if (found === undefined)
    throw new MillraceError("NOT_FOUND", `there is no Delta table at ${storage.url}: ${LOG_FOLDER} has no commit`);
  if (version !== undefined && found.version !== version)
    throw new MillraceError("NOT_FOUND", `${storage.url} has no version ${version}, the newest is ${found.version}`);
  return found;
}

async function listSegment(storage: TableStorage, from: number, upTo = Infinity): Promise<LogSegment | undefined> {
  const commits: number[] = [];
  const parts = new Map<number, Map<string, string>>();
  let checkpoint: Checkpoint | undefined;
  for await (const name of storage.list(LOG_FOLDER, versionText(from))) {
    const file = readLogFileName(name);
    if (file === undefined || file.version > upTo) continue;
    if (file.kind === "commit") {
      commits.push(file.version);
      continue;
    }
    // Parts of a checkpoint in several files count together; each V2 file is one of its own.
    const key = file.parts === 1 ? name : `of ${file.parts}: `;
    const ofVersion = parts.get(file.version) ?? new Map<string, string>();
    ofVersion.set(file.parts === 1 ? key : `${key}${file.part}`, name);
    parts.set(file.version, ofVersion);
    const siblings = [...ofVersion].filter(([each]) => each.startsWith(key)).map(([, each]) => each);
    if (siblings.length === file.parts) checkpoint = { version: file.version, files: siblings };
  }
  const base = checkpoint?.version ?? -1;
  const after = commits.filter((each) => each > base);
  if (checkpoint === undefined && after.length === 0) return undefined;
  const gap = after.findIndex((each, index) => each !== base + 1 + index);
  if (gap !== -1 && (from === 0 || checkpoint !== undefined))
    throw new MillraceError(
      "NOT_FOUND",
      `the Delta log of ${storage.url} is not whole: version ${base + 1 + gap} is missing`,
    );
  return { version: after.at(-1) ?? base, ...(checkpoint !== undefined && { checkpoint }) };
}

async function lastCheckpointVersion(storage: TableStorage): Promise<number | undefined> {
  const file = await storage.find(`${LOG_FOLDER}/_last_checkpoint`);
  if (file === undefined) return undefined;
  try {
    const lines: string[] = [];
    for await (const line of readLines(file.chunks)) lines.push(line);
    const { version } = JSON.parse(lines.join("\n")) as { readonly version?: unknown };
    return typeof version === "number" && Number.isSafeInteger(version) && version >= 0 ? version : undefined;
  } catch (error) {
    // It is only a note, written over in place: a reader may see half of it.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
