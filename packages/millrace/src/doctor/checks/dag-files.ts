import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { readDags } from "@millrace/engine";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const MOST_SHOWN = 5;

/** DAG files as they load now. */
export interface DagFilesFacts {
  readonly files: number;
  readonly dags: number;
  readonly ms: number;
  /** One for each import error, duplicate DAG ids among them; files relative to the project. */
  readonly errors: readonly { readonly file: string; readonly line?: number; readonly message: string }[];
  /** Files that take so long that commands do not wait for them. */
  readonly slow: readonly string[];
}

/** A file that does not load is bad, though the last good version of its DAGs goes on. */
export function judgeDagFiles({ files, dags, ms, errors, slow }: DagFilesFacts): readonly Verdict[] {
  const more = errors.length - MOST_SHOWN;
  return findingsOr(
    [
      ...errors
        .slice(0, MOST_SHOWN)
        .map(({ file, line, message }) =>
          bad(
            `${file}${line === undefined ? "" : `:${line}`} does not load: ${message.trim().split("\n")[0]}`,
            more > 0
              ? `Correct it; \`millrace dags list-import-errors\` shows all, ${more} more than here.`
              : "Correct it; until then the last version that loaded goes on. `millrace dags list-import-errors` shows more.",
          ),
        ),
      ...slow.map((file) =>
        warn(
          `${file} takes long to load`,
          "Move what it does at the top, requests and large files above all, into its tasks: it is loaded again in every worker.",
        ),
      ),
    ],
    `${counted(dags, "DAG")} in ${counted(files, "file")} loaded in ${showMs(ms)}`,
  );
}

/** Loads every DAG file. */
export const dagFilesCheck = makeCheck({
  name: "dag-files",
  about: "import errors, duplicate DAG ids and files that take long to load",
  needs: "project",
  limitMs: 20_000,
  gather: async ({ config, env, projectFolder }): Promise<DagFilesFacts> => {
    const startedAt = performance.now();
    const shown = (file: string): string => relative(projectFolder, file);
    return await withCacheFolder(config.core.dataFolder, async (dataFolder) => {
      const { files, leftOut } = await readDags({
        folders: config.core.dagFolders,
        dataFolder,
        environment: env,
        environmentNames: config.executor.environment,
        // None is wanted: slow files are named and not waited for.
        dagIds: [],
      });
      return {
        files: files.length,
        dags: files.flatMap(({ dags }) => dags).length,
        ms: performance.now() - startedAt,
        errors: files.flatMap(({ errors }) =>
          errors.map(({ file, line, message }) => ({
            file: shown(file),
            message,
            ...(line !== undefined && { line }),
          })),
        ),
        slow: leftOut.map(shown),
      };
    });
  },
  judge: judgeDagFiles,
});

/** A project that has never run keeps having no data folder. */
async function withCacheFolder<T>(dataFolder: string, work: (folder: string) => Promise<T>): Promise<T> {
  if (existsSync(dataFolder)) return await work(dataFolder);
  const folder = await mkdtemp(join(tmpdir(), "millrace-doctor-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
