import { chown, stat } from "node:fs/promises";

/** What root writes in a data folder belongs to the folder's owner, who has to read and write it later. Does nothing for other users. */
export async function giveToFolderOwner(folder: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await chown(path, uid, gid);
}
