import { join } from "node:path";

/**
 * The folder where processes for user code keep compiled code, so that they start faster than the first: `NODE_COMPILE_CACHE` of an environment that sets it,
 * else a folder of the data folder.
 */
export function codeCacheFolder(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): string {
  return environment["NODE_COMPILE_CACHE"] ?? join(dataFolder, "code-cache");
}
