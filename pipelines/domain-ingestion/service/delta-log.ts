// The log of a table is a folder of commits named by their version. A commit is written and synced under another name and
// then linked to its own, which fails when another writer has the version: the link is the commit.
import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { LakeError } from "../steps/pipeline-errors.ts";
import {
  type DeltaAction,
  type DeltaSnapshot,
  EMPTY_SNAPSHOT,
  applyCommit,
  snapshotActions,
} from "../steps/delta-action.ts";
import { hasCode, publishFile, writePending } from "./durable-file.ts";

const COMMIT = /^(\d{20})\.json$/;
const CHECKPOINT = /^(\d{20})\.checkpoint\.jsonl$/;
const COMMITS_PER_CHECKPOINT = 50;

/** The commits of one table on disk. */
export interface DeltaLog {
  /** Versions that have a commit file, ascending. */
  versions(): Promise<readonly number[]>;
  actions(version: number): Promise<readonly DeltaAction[]>;
  snapshot(): Promise<DeltaSnapshot>;
  /** Commits as the version after `snapshot`; false when another writer has that version. */
  commit(snapshot: DeltaSnapshot, actions: readonly DeltaAction[]): Promise<boolean>;
}

/** Opens the log of the table in `tableFolder`, which need not exist. */
export function openDeltaLog(tableFolder: string): DeltaLog {
  const folder = join(tableFolder, "_delta_log");
  const names = async (): Promise<readonly string[]> => {
    try {
      return (await readdir(folder)).toSorted();
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      throw new LakeError(`the log of the table at ${tableFolder} cannot be listed`, { tableFolder }, error);
    }
  };
  const versionsIn = (all: readonly string[], pattern: RegExp): readonly number[] =>
    all.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  const actions = (version: number): Promise<readonly DeltaAction[]> => readActions(join(folder, commitName(version)));
  const snapshot = async (): Promise<DeltaSnapshot> => {
    const all = await names();
    const base = versionsIn(all, CHECKPOINT).at(-1);
    let state =
      base === undefined
        ? EMPTY_SNAPSHOT
        : applyCommit(EMPTY_SNAPSHOT, base, await readActions(join(folder, checkpointName(base))));
    for (const version of versionsIn(all, COMMIT)) {
      if (version <= state.version) continue;
      if (version !== state.version + 1)
        throw new LakeError(`the log of the table at ${tableFolder} lacks version ${state.version + 1}`, {
          tableFolder,
        });
      state = applyCommit(state, version, await actions(version));
    }
    return state;
  };
  const commit = async (before: DeltaSnapshot, next: readonly DeltaAction[]): Promise<boolean> => {
    const version = before.version + 1;
    const pending = await writePending(folder, linesOf(next));
    if (!(await publishFile(pending, join(folder, commitName(version))))) {
      await rm(pending, { force: true });
      return false;
    }
    if (version % COMMITS_PER_CHECKPOINT === 0 && version > 0) {
      const checkpoint = await writePending(folder, linesOf(snapshotActions(applyCommit(before, version, next))));
      await publishFile(checkpoint, join(folder, checkpointName(version)));
    }
    return true;
  };
  return { versions: async () => versionsIn(await names(), COMMIT), actions, snapshot, commit };
}

async function readActions(path: string): Promise<readonly DeltaAction[]> {
  try {
    return (await readFile(path, "utf8"))
      .split("\n")
      .flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as DeltaAction]));
  } catch (cause) {
    throw new LakeError(
      `commit ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { path },
      cause,
    );
  }
}

const commitName = (version: number): string => `${String(version).padStart(20, "0")}.json`;
const checkpointName = (version: number): string => `${String(version).padStart(20, "0")}.checkpoint.jsonl`;
const linesOf = (actions: readonly DeltaAction[]): string =>
  actions.map((action) => `${JSON.stringify(action)}\n`).join("");
