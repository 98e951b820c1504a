import { access, constants, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MillraceError } from "@millrace/core";

/**
 * Refuses a data folder in which this user cannot work, because Millrace was once started there as another user, often as root: otherwise it would
 * fail later, in the middle of something. Does nothing when the folder is not there yet.
 *
 * @throws MillraceError BAD_CONFIG naming what cannot be used, and the command that repairs it.
 */
export async function requireUsableFolder(dataFolder: string): Promise<void> {
  const entries = await readdir(dataFolder, { withFileTypes: true }).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") return [];
    throw notUsable(dataFolder, dataFolder, error);
  });
  const { R_OK, W_OK, X_OK } = constants;
  const checks = entries.map((entry) => ({
    path: join(dataFolder, entry.name),
    mode: entry.isDirectory() ? R_OK | W_OK | X_OK : R_OK,
  }));
  if (entries.length > 0) checks.unshift({ path: dataFolder, mode: R_OK | W_OK | X_OK });
  for (const { path, mode } of checks) {
    await access(path, mode).catch((error: unknown) => {
      // Another process may have removed it just now.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw notUsable(dataFolder, path, error);
    });
  }
}

function notUsable(dataFolder: string, path: string, cause: unknown): MillraceError {
  const by = dirname(path) === dirname(dataFolder) ? "" : ` (in the data folder ${dataFolder})`;
  return new MillraceError(
    "BAD_CONFIG",
    `${path}${by} cannot be used by this user: ${(cause as Error).message}. Was Millrace started there as root, or as another user?`,
    {
      cause,
      details: {
        path,
        hint: `Give the folder to the user of this Millrace, for example: sudo chown -R "$USER" ${dataFolder}`,
      },
    },
  );
}
