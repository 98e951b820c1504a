import { createHash } from "node:crypto";
import type { FoundDag, Graph, ImportError } from "@millrace/core";
import { bundleFiles, type Bundle, type Bundled } from "./bundle-files.ts";
import type { DagFile } from "./dag-file.ts";
import type { DiscoveredFile } from "./discover-files.ts";
import type { FileStamp, FileStamps } from "./file-stamps.ts";
import { importError, placeInStack, readPlace } from "./import-error.ts";
import type { LoadedDag, LoadError } from "./loader-protocol.ts";
import type { Loaded, LoadHooks } from "./loader-process.ts";
import type { LoaderPool } from "./loader-pool.ts";
import type { LockReader } from "./lock-hash.ts";
import { stampTemplates, withTemplates } from "./template-files.ts";
import { dirname } from "node:path";

/** Times that a custom timetable is asked for ahead. */
const CUSTOM_TIMES = 50;

/** What reading DAG files needs. */
export interface ReadTools {
  readonly loaders: LoaderPool;
  readonly stamps: FileStamps;
  readonly locks: LockReader;
  readonly onRead?: (file: DagFile) => void;
  /** Hears how long the code of a file took to load. */
  readonly onLoad?: (ms: number) => void;
}

/** A file whose code takes long to load; the others do not wait for it. */
export interface LateFile extends DiscoveredFile {
  /** What it is made of, as it was when it was compiled. */
  readonly inputs: readonly FileStamp[];
  readonly read: Promise<DagFile>;
  /** Ends the loading; what `read` gives then means nothing. */
  cancel(): void;
}

/** DAG files that were read, and those that will be. */
export interface ReadFiles {
  readonly read: readonly DagFile[];
  readonly late: readonly LateFile[];
}

/** Compiles and loads DAG files, all at once. Errors of user code are part of the answer. */
export async function readDagFiles(files: readonly DiscoveredFile[], tools: ReadTools): Promise<ReadFiles> {
  const readings: { readonly file: LateFile; readonly soon: Promise<DagFile | undefined> }[] = [];
  for await (const batch of bundleFiles(files)) readings.push(...batch.map((bundled) => startReading(bundled, tools)));
  const read = await Promise.all(readings.map(({ soon }) => soon));
  return {
    read: read.filter((file) => file !== undefined),
    late: readings.flatMap(({ file }, index) => (read[index] === undefined ? [file] : [])),
  };
}

function startReading(
  bundled: Bundled,
  tools: ReadTools,
): { readonly file: LateFile; readonly soon: Promise<DagFile | undefined> } {
  const { file, folder } = bundled;
  // Stamped before it is loaded: a change from here on makes it another file.
  const paths = bundled.kind === "bundle" ? bundled.bundle.inputs : [file];
  const inputs = paths.map((path) => tools.stamps.stamp(path)).filter((stamp) => stamp !== undefined);
  const slow = Promise.withResolvers<undefined>();
  const ending = new AbortController();
  const read = readOne(bundled, inputs, {
    ...tools,
    hooks: { onSlow: () => slow.resolve(undefined), signal: ending.signal },
  });
  const soon = Promise.race([read, slow.promise]);
  if (tools.onRead) void read.then(tools.onRead, () => undefined);
  return { file: { file, folder, inputs, read, cancel: () => ending.abort() }, soon };
}

async function readOne(
  bundled: Bundled,
  inputs: readonly FileStamp[],
  tools: ReadTools & { readonly hooks: LoadHooks },
): Promise<DagFile> {
  const { file, folder } = bundled;
  if (bundled.kind === "broken") {
    return {
      file,
      folder,
      inputs,
      packages: [],
      lockHash: "",
      claims: [],
      found: { file, dags: [], errors: bundled.errors },
    };
  }
  const { bundle } = bundled;
  const lockHash = tools.locks.hash(dirname(file), bundle.packages);
  const { source } = bundle;
  const request = { file, bundleHash: bundle.hash, code: bundle.code, times: CUSTOM_TIMES };
  const startedAtMs = performance.now();
  const loaded = await tools.loaders.load(request, tools.hooks);
  tools.onLoad?.(performance.now() - startedAtMs);
  const { hash, code } = finalBundle(bundle, loaded.dags);
  const dags = loaded.dags.map((dag) => foundDag(dag, { file, bundleHash: hash, lockHash }));
  const pages = loaded.pages.map((page) => ({ ...page, bundleHash: hash }));
  const errors = await Promise.all(loaded.errors.map((error) => loadError(file, error, bundle.inputs)));
  return {
    file,
    folder,
    inputs: [...inputs, ...templateStamps(loaded)],
    packages: bundle.packages,
    lockHash,
    claims: dags.map((dag) => dag.dagId),
    found: { file, bundle: { hash, code, source }, dags, ...(pages.length > 0 && { pages }), errors },
  };
}

/** The bundle with the template files of its DAGs, if there are any. */
function finalBundle(bundle: Bundle, dags: readonly LoadedDag[]): Pick<Bundle, "hash" | "code"> {
  const templates = Object.fromEntries(
    dags
      .filter((dag) => dag.templates.length > 0)
      .map((dag) => [dag.dagId, Object.fromEntries(dag.templates.map(({ name, text }) => [name, text]))]),
  );
  if (Object.keys(templates).length === 0) return bundle;
  const code = withTemplates(bundle.code, templates);
  return { code, hash: createHash("sha256").update(code).digest("hex") };
}

function templateStamps({ dags, errors }: Loaded): readonly FileStamp[] {
  const files = new Map(dags.flatMap(({ templates }) => templates.map((file) => [file.path, file])));
  return stampTemplates(
    [...files.values()],
    errors.flatMap(({ path }) => (path === undefined || files.has(path) ? [] : [path])),
  );
}

function foundDag(
  dag: LoadedDag,
  from: { readonly file: string; readonly bundleHash: string; readonly lockHash: string },
): FoundDag {
  return {
    dagId: dag.dagId,
    file: from.file,
    bundleHash: from.bundleHash,
    graphHash: createHash("sha256").update(dag.graph).digest("hex"),
    graph: JSON.parse(dag.graph) as Graph,
    lockHash: from.lockHash,
    ...(dag.customTimes && { customTimes: dag.customTimes }),
  };
}

async function loadError(
  file: string,
  { message, stack, at }: LoadError,
  own: readonly string[],
): Promise<ImportError> {
  const place = readPlace(at) ?? (stack === undefined ? undefined : placeInStack(stack, own));
  return await importError(file, { message, ...(place && { at: place }), ...(stack !== undefined && { stack }) });
}
