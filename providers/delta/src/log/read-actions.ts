import { MillraceError } from "@millrace/core";
import { readParquet } from "../parquet/read-parquet.ts";
import type { TableStorage } from "../storage/table-storage.ts";
import type { Action, ActionName } from "./actions.ts";
import { commitName, LOG_FOLDER } from "./log-file-name.ts";
import { readLines } from "./read-lines.ts";

/** The actions of a file of JSON lines, one by one; undefined when there is no such file. */
async function findJsonActions(
  storage: TableStorage,
  name: string,
): Promise<{ readonly modifiedAtMs: number; readonly actions: AsyncGenerator<Action> } | undefined> {
  const file = await storage.find(name);
  return file && { modifiedAtMs: file.modifiedAtMs, actions: parseActions(file.chunks, `${storage.url}/${name}`) };
}

async function* parseActions(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<Action> {
  let number = 0;
  for await (const line of readLines(chunks)) {
    number++;
    try {
      yield JSON.parse(line) as Action;
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new MillraceError("TASK_FAILED", `${where} is no Delta log: line ${number} is not JSON`, { cause });
    }
  }
}

/** The actions of a commit, in no order that means anything; undefined when it is not there (yet, or any more). */
export async function findCommit(storage: TableStorage, version: number): ReturnType<typeof findJsonActions> {
  return await findJsonActions(storage, commitName(version));
}

/**
 * The actions of a checkpoint of any kind that have one of the names; other columns are not read. Files named by sidecars are read in their turn.
 *
 * @param files the names of its parts in the folder of the log
 */
export async function* readCheckpoint(
  storage: TableStorage,
  files: readonly string[],
  names: readonly ActionName[],
): AsyncGenerator<Action> {
  const withFiles = names.includes("add") || names.includes("remove");
  for (const file of files)
    for await (const action of readCheckpointFile(storage, file, withFiles ? [...names, "sidecar"] : names)) {
      const { path } = action.sidecar ?? {};
      if (path === undefined) yield action;
      else yield* readCheckpointFile(storage, path.includes("/") ? path : `_sidecars/${path}`, names);
    }
}

async function* readCheckpointFile(
  storage: TableStorage,
  file: string,
  names: readonly ActionName[],
): AsyncGenerator<Action> {
  const name = `${LOG_FOLDER}/${file}`;
  if (!file.endsWith(".json")) {
    yield* readParquet(await storage.open(name), {
      columns: names,
      where: `${storage.url}/${name}`,
    }) as AsyncGenerator<Action>;
    return;
  }
  const found = await findJsonActions(storage, name);
  if (found === undefined) throw new MillraceError("NOT_FOUND", `${storage.url}/${name} is not there any more`);
  yield* found.actions;
}
