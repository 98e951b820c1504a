import { fileKey, type AddFile } from "./actions.ts";
import { readCheckpoint } from "./read-actions.ts";
import { commitsBackwards, type TableSource } from "./table-state.ts";

/**
 * The data files of a version, in no order. From the newest commit backwards the first word about a file is the last one that was spoken, so only the files of
 * the commits after the checkpoint are held, never those of the checkpoint.
 */
export async function* activeFiles({
  storage,
  segment,
}: Pick<TableSource, "storage" | "segment">): AsyncGenerator<AddFile> {
  const settled = new Set<string>();
  for await (const { actions } of commitsBackwards(storage, segment))
    for await (const { add, remove } of actions) {
      const file = add ?? remove;
      if (file === undefined || file === null) continue;
      const key = fileKey(file);
      if (settled.has(key)) continue;
      settled.add(key);
      if (add !== undefined && add !== null) yield add;
    }
  if (segment.checkpoint === undefined) return;
  for await (const { add } of readCheckpoint(storage, segment.checkpoint.files, ["add"]))
    if (add !== undefined && add !== null && !settled.has(fileKey(add))) yield add;
}
