import { MillraceError } from "@millrace/core";
import type { TableStorage } from "../storage/table-storage.ts";
import type { Action, MetaData, Protocol } from "./actions.ts";
import type { LogSegment } from "./find-segment.ts";
import { findCommit, readCheckpoint } from "./read-actions.ts";

/** A version of a table: where it is, which files of the log make it up, and what it is. */
export interface TableSource {
  readonly storage: TableStorage;
  readonly segment: LogSegment;
  readonly protocol: Protocol;
  readonly metaData: MetaData;
}

/** What the table is in this version: the newest word of commits, else that of the checkpoint. @throws MillraceError TASK_FAILED for a log without it */
export async function readTableState(
  storage: TableStorage,
  segment: LogSegment,
): Promise<Pick<TableSource, "protocol" | "metaData">> {
  let protocol: Protocol | undefined;
  let metaData: MetaData | undefined;
  const look = async (actions: AsyncIterable<Action>): Promise<boolean> => {
    const [protocolBefore, metaDataBefore] = [protocol, metaData];
    for await (const action of actions) {
      if (protocolBefore === undefined) protocol = action.protocol ?? protocol;
      if (metaDataBefore === undefined) metaData = action.metaData ?? metaData;
    }
    return protocol !== undefined && metaData !== undefined;
  };
  for await (const { actions } of commitsBackwards(storage, segment)) if (await look(actions)) break;
  if (segment.checkpoint !== undefined && (protocol === undefined || metaData === undefined))
    await look(readCheckpoint(storage, segment.checkpoint.files, ["protocol", "metaData"]));
  if (protocol === undefined || metaData === undefined)
    throw new MillraceError("TASK_FAILED", `the Delta log of ${storage.url} does not say what the table is`);
  return { protocol, metaData };
}

/** The commits after the checkpoint of a segment, the newest first. @throws MillraceError NOT_FOUND when one of them has gone */
export async function* commitsBackwards(
  storage: TableStorage,
  { version, checkpoint }: LogSegment,
): AsyncGenerator<{ readonly version: number; readonly actions: AsyncIterable<Action> }> {
  for (let each = version; each > (checkpoint?.version ?? -1); each--) {
    const commit = await findCommit(storage, each);
    if (commit === undefined)
      throw new MillraceError("NOT_FOUND", `version ${each} of the Delta log of ${storage.url} is not there any more`);
    yield { version: each, actions: commit.actions };
  }
}
