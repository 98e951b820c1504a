import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, resolve } from "node:path";
import {
  compileTemplate,
  isMillraceError,
  MillraceError,
  referencedNames,
  wantedFiles,
  type BuiltDag,
  type WantedFile,
} from "@millrace/core";
import { createFileStamps, type FileStamp } from "./file-stamps.ts";
import { TEMPLATE_FILES } from "../worker/bundle-cache.ts";

const HINT = "; a text that is no file's name must not end like one (a space behind it is enough)";

/** A template file as it was read. */
export interface TemplateFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** Templates of DAGs: DAG id → name → text. */
export type TemplateTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A template file that cannot be used; `path` would be it, where there is one that may appear. */
export class TemplateFileError extends MillraceError {
  readonly path: string | undefined;

  constructor(message: string, path?: string) {
    super("BAD_DAG", message);
    this.path = path;
  }
}

/**
 * Reads every file that templates of a DAG name, and what these include, from the DAG file's folder or else the DAG's `templateSearchpath`.
 *
 * @throws TemplateFileError naming DAG, task, option and file: it is not there, lies outside of these folders, or is no template.
 */
export function readTemplateFiles(built: BuiltDag, dagFile: string): readonly TemplateFile[] {
  const own = dirname(dagFile);
  const folders = [own, ...built.templateSearchpath.map((folder) => resolve(own, folder))];
  const read = new Map<string, TemplateFile>();
  const visit = (wanted: WantedFile, by: string): void => {
    if (read.has(wanted.name)) return;
    const path = find(wanted.name, folders, by);
    const file = { name: wanted.name, path, text: readFileSync(path, "utf8") };
    read.set(wanted.name, file);
    for (const name of includesOf(file, by)) visit({ ...wanted, name }, `${by}, included by ${wanted.name}`);
  };
  for (const wanted of wantedFiles(built))
    visit(wanted, `DAG ${built.graph.dagId}, task ${wanted.taskId}, option ${wanted.option}`);
  return [...read.values()];
}

function find(name: string, folders: readonly string[], by: string): string {
  if (isAbsolute(name) || normalize(name).startsWith(".."))
    throw new TemplateFileError(
      `${by}: the template file ${name} is outside of the folders that it may be in; name it relative to ${folders.join(" or ")}${HINT}`,
    );
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new TemplateFileError(
    `${by}: there is no template file ${name} in ${folders.join(" or ")}${HINT}`,
    join(folders[0], name),
  );
}

function includesOf({ name, path, text }: TemplateFile, by: string): readonly string[] {
  try {
    return referencedNames(compileTemplate(text)).includes;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    throw new TemplateFileError(`${by}: ${name}: ${error.message}`, path);
  }
}

/** A bundle's code with its templates: they are part of its hash, so a version never changes what it renders. */
export function withTemplates(code: string, templates: TemplateTexts): string {
  return `${code}\nmodule.exports[Symbol.for(${JSON.stringify(TEMPLATE_FILES)})] = ${JSON.stringify(templates)};\n`;
}

/** Stamps of template files as they were when they were read; one that has changed since, or is not there, counts as changed with the next look. */
export function stampTemplates(
  files: readonly Pick<TemplateFile, "path" | "text">[],
  missing: readonly string[],
): readonly FileStamp[] {
  const stamps = createFileStamps();
  const changed = (path: string, hash: string): FileStamp => ({ path, stat: "", hash });
  return [
    ...files.map(({ path, text }) => {
      const hash = createHash("sha256").update(text).digest("hex");
      const now = stamps.stamp(path);
      return now?.hash === hash ? now : changed(path, hash);
    }),
    ...missing.map((path) => changed(path, "")),
  ];
}
