import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const NEVER_READ = new Set(["node_modules", ".git", "dist", ".millrace"]);
const MOST_READ = 2_000;
const DECLARES_A_DAG = /^export\s+(?:default\s+|const\s+[\w$]+\s*(?::[^=]+)?=\s*)dag\s*\(/m;

/** A DAG folder as it is on disk. */
export interface DagFolderFacts {
  readonly folders: readonly {
    readonly path: string;
    readonly exists: boolean;
    readonly dagFiles: number;
    /** Other TypeScript and JavaScript files that export a DAG, relative to the project. */
    readonly misnamed: readonly string[];
  }[];
}

/** Folders must be there; files that export a DAG under another name are not read. */
export function judgeDagFolders({ folders }: DagFolderFacts): readonly Verdict[] {
  const total = folders.reduce((sum, { dagFiles }) => sum + dagFiles, 0);
  return findingsOr(
    [
      ...folders
        .filter(({ exists }) => !exists)
        .map(({ path }) => bad(`there is no folder ${path}`, "Make it, or name another one in core.dagFolders.")),
      ...folders
        .flatMap(({ misnamed }) => misnamed)
        .map((file) =>
          warn(
            `${file} exports a DAG, and is not read: its name does not end with .dag.ts`,
            `Rename it to ${file.replace(/(\.dag)?\.[cm]?[jt]sx?$/, "")}.dag.ts`,
          ),
        ),
      total === 0 && folders.some(({ exists }) => exists)
        ? warn("there is no file *.dag.ts in any DAG folder", "Write one; `millrace init` makes a project with one.")
        : undefined,
    ],
    `${counted(total, "DAG file")} in ${folders.map(({ path }) => path).join(", ")}`,
  );
}

/** DAG folders, and files in them that nobody reads. */
export const dagFolderCheck = makeCheck({
  name: "dag-folder",
  about: "whether the DAG folders are there, and files in them whose names keep them from being read",
  needs: "project",
  gather: async ({ config, projectFolder }): Promise<DagFolderFacts> => ({
    folders: await Promise.all(config.core.dagFolders.map((path) => look(path, projectFolder))),
  }),
  judge: judgeDagFolders,
});

async function look(folder: string, projectFolder: string): Promise<DagFolderFacts["folders"][number]> {
  const path = relative(projectFolder, folder) || ".";
  const files = await codeFiles(folder);
  if (files === undefined) return { path, exists: false, dagFiles: 0, misnamed: [] };
  const others = files.filter((file) => !file.endsWith(".dag.ts") && !/\.(?:i?test|spec)\.[cm]?[jt]sx?$/.test(file));
  const misnamed: string[] = [];
  for (const file of others.slice(0, MOST_READ)) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (DECLARES_A_DAG.test(text)) misnamed.push(relative(projectFolder, file));
  }
  return { path, exists: true, dagFiles: files.filter((file) => file.endsWith(".dag.ts")).length, misnamed };
}

async function codeFiles(folder: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return undefined;
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(NEVER_READ.has(entry.name) ? [] : ((await codeFiles(path)) ?? [])));
    else if (/\.[cm]?[jt]sx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) found.push(path);
  }
  return found;
}
