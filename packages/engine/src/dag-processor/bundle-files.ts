import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ImportError } from "@millrace/core";
import type { BuildOptions, BuildResult, Message, Metafile, Plugin } from "esbuild";
import { BUNDLE_OPTIONS } from "./bundle-options.ts";
import type { DiscoveredFile } from "./discover-files.ts";
import { importMetaPlugin } from "./import-meta-plugin.ts";
import { importError } from "./import-error.ts";

/** Files that one call of the compiler gets: a call has a fixed cost, and a broken file makes its whole batch start again one by one. */
const BATCH = 64;

/** A DAG file compiled with all local files that it imports. */
export interface Bundle {
  readonly hash: string;
  readonly code: string;
  readonly source: string;
  /** Absolute paths of every file that went into it. */
  readonly inputs: readonly string[];
  /** Names of the npm packages that it needs at run time, sorted. */
  readonly packages: readonly string[];
}

/** What became of one DAG file. */
export type Bundled = { readonly file: string; readonly folder: string } & (
  | { readonly kind: "bundle"; readonly bundle: Bundle }
  | { readonly kind: "broken"; readonly errors: readonly ImportError[] }
);

/** Compiles DAG files, a batch at a time, in the order given. */
export async function* bundleFiles(
  files: readonly DiscoveredFile[],
): AsyncGenerator<readonly Bundled[], void, undefined> {
  for (const [folder, members] of Map.groupBy(files, (file) => file.folder)) {
    for (let at = 0; at < members.length; at += BATCH) {
      yield await bundleBatch(folder, members.slice(at, at + BATCH));
    }
  }
}

async function bundleBatch(folder: string, files: readonly DiscoveredFile[]): Promise<readonly Bundled[]> {
  const built = await compile(folder, files);
  if (built.kind === "built") return await Promise.all(files.map((file) => finishBundle(file, built.result)));
  if (files.length > 1) return (await Promise.all(files.map((file) => bundleBatch(folder, [file])))).flat();
  const errors = await Promise.all(built.messages.map((message) => compileError(files[0], message)));
  return [{ ...files[0], kind: "broken", errors }];
}

type Built = BuildResult<BuildOptions & { readonly write: false; readonly metafile: true }>;
type Compiled =
  | { readonly kind: "built"; readonly result: Built }
  | { readonly kind: "refused"; readonly messages: readonly Message[] };

async function compile(
  folder: string,
  files: readonly DiscoveredFile[],
  plugins: readonly Plugin[] = [],
): Promise<Compiled> {
  // Loaded when first needed: a start with a full cache does without.
  const { build } = await import("esbuild");
  try {
    const result = await build({
      entryPoints: files.map(({ file }) => file),
      ...BUNDLE_OPTIONS,
      // Paths in a bundle are relative to the DAG folder, so that its hash does not depend on where the folder lies.
      absWorkingDir: folder,
      outdir: folder,
      outbase: folder,
      write: false,
      metafile: true,
      logLevel: "silent",
      plugins: [...plugins],
    });
    return { kind: "built", result };
  } catch (error) {
    const messages = (error as { readonly errors?: Message[] }).errors;
    if (messages === undefined || messages.length === 0) throw error;
    return { kind: "refused", messages };
  }
}

/** A file with a module that asks for its own place is compiled again in a slower way that knows it. */
async function finishBundle(file: DiscoveredFile, built: Built): Promise<Bundled> {
  const asking = built.warnings.filter(({ id }) => id === "empty-import-meta").map(({ location }) => location?.file);
  if (asking.length > 0) {
    const [, { entryPoint = "" }] = outputOf(file.file, file.folder, built.metafile);
    if (reachableInputs(entryPoint, built.metafile).some((input) => asking.includes(input))) {
      const again = await compile(file.folder, [file], [importMetaPlugin(file.file)]);
      if (again.kind === "built") return pickBundle(file, again.result);
    }
  }
  return pickBundle(file, built);
}

function pickBundle({ file, folder }: DiscoveredFile, built: Built): Bundled {
  const [name, output] = outputOf(file, folder, built.metafile);
  const code = built.outputFiles.find(({ path }) => path === join(folder, name))?.text ?? "";
  const inputs = [
    ...new Set([file, ...reachableInputs(output.entryPoint ?? "", built.metafile).map((input) => join(folder, input))]),
  ];
  const packages = [
    ...new Set(output.imports.filter(({ external }) => external === true).map(({ path }) => packageName(path))),
  ];
  const bundle: Bundle = {
    hash: createHash("sha256").update(code).digest("hex"),
    code,
    source: readFileSync(file, "utf8"),
    inputs,
    packages: packages.filter((each) => each !== undefined).sort(),
  };
  return { file, folder, kind: "bundle", bundle };
}

function outputOf(file: string, folder: string, metafile: Metafile): readonly [string, Metafile["outputs"][string]] {
  const found = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined && join(folder, entryPoint) === file,
  );
  if (found === undefined) throw new Error(`the compiler gave nothing for ${file}`);
  return found;
}

/** Also inputs of which nothing is in the output (only types, or code that nobody uses): a change of them may change that. */
function reachableInputs(entry: string, metafile: Metafile): readonly string[] {
  const seen = new Set<string>([entry]);
  for (const input of seen) {
    for (const each of metafile.inputs[input]?.imports ?? []) if (each.external !== true) seen.add(each.path);
  }
  return [...seen].filter((input) => input in metafile.inputs);
}

function packageName(path: string): string | undefined {
  if (path.startsWith("node:") || path.startsWith(".") || path.startsWith("/")) return undefined;
  return path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
}

async function compileError(
  { file, folder }: DiscoveredFile,
  { text, location, notes }: Message,
): Promise<ImportError> {
  const hint = notes.map((note) => `\n${note.text}`).join("");
  const message = text.startsWith("Top-level await")
    ? "top-level await is not possible in a DAG file or in what it imports: await inside a task's body, or make the value without await"
    : `${text}${hint}`;
  if (location === null) return { file, message };
  const at = { file: join(folder, location.file), line: location.line, column: location.column + 1 };
  return await importError(file, { message, at });
}
