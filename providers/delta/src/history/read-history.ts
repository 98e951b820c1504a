import { formatInstant } from "@millrace/core";
import type { Action } from "../log/actions.ts";
import { findCommit } from "../log/read-actions.ts";
import type { TableStorage } from "../storage/table-storage.ts";

/** A commit of a table. */
export interface DeltaCommit {
  readonly version: number;
  /** RFC 3339. */
  readonly committedAt: string;
  /** `WRITE`, `MERGE`, `OPTIMIZE`…; `""` when its writer did not say. */
  readonly operation: string;
  readonly operationParameters: Readonly<Record<string, unknown>>;
  readonly operationMetrics: Readonly<Record<string, unknown>>;
  /** The program that wrote it; `""` when it did not say. */
  readonly engine: string;
  /** Data files that it added and removed. */
  readonly filesAdded: number;
  readonly filesRemoved: number;
  /** Whether it brought rows: maintenance and deletions do not. */
  readonly broughtData: boolean;
}

// They write rows again that were there before, as new files.
const BRINGS_NOTHING = new Set(["DELETE", "OPTIMIZE", "REORG", "VACUUM START", "VACUUM END"]);

/** Commits from `version` on backwards, as long as the log has them; each is read when it is asked for. */
export async function* readHistory(storage: TableStorage, version: number): AsyncGenerator<DeltaCommit> {
  for (let each = version; each >= 0; each--) {
    const commit = await findCommit(storage, each);
    if (commit === undefined) return;
    yield await readCommit(each, commit.actions, commit.modifiedAtMs);
  }
}

async function readCommit(version: number, actions: AsyncIterable<Action>, modifiedAtMs: number): Promise<DeltaCommit> {
  let info: Action["commitInfo"];
  let [filesAdded, filesRemoved, newestFileMs, changesData] = [0, 0, 0, false];
  for await (const { add, remove, commitInfo } of actions) {
    info = commitInfo ?? info;
    if (remove) filesRemoved++;
    if (!add) continue;
    filesAdded++;
    newestFileMs = Math.max(newestFileMs, Number(add.modificationTime ?? 0));
    changesData ||= add.dataChange !== false;
  }
  // In this order they depend less and less on clocks and on copies of the folder.
  const atMs = info?.inCommitTimestamp ?? info?.timestamp ?? (newestFileMs || modifiedAtMs);
  const operation = info?.operation ?? "";
  return {
    version,
    committedAt: formatInstant(Math.trunc(atMs) * 1_000),
    operation,
    operationParameters: info?.operationParameters ?? {},
    operationMetrics: info?.operationMetrics ?? {},
    engine: info?.engineInfo ?? "",
    filesAdded,
    filesRemoved,
    broughtData: changesData && !BRINGS_NOTHING.has(operation),
  };
}
