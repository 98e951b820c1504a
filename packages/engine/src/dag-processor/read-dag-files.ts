import { createHash } from "node:crypto";
import type { FoundDag, Graph, ImportError } from "@millrace/core";
import { bundleFiles, type Bundle, type Bundled } from "./bundle-files.ts";
import type { DagFile } from "./dag-file.ts";
import type { DiscoveredFile } from "./discover-files.ts";
import type { FileStamps } from "./file-stamps.ts";
import { importError, placeInStack, readPlace } from "./import-error.ts";
import type { LoadedDag, LoadError } from "./loader-protocol.ts";
import type { LoaderPool } from "./loader-pool.ts";
import type { LockReader } from "./lock-hash.ts";
import { dirname } from "node:path";

/** Times that a custom timetable is asked for ahead. */
const CUSTOM_TIMES = 50;

/** What reading DAG files needs. */
export interface ReadTools {
  readonly loaders: LoaderPool;
  readonly stamps: FileStamps;
  readonly locks: LockReader;
  readonly onRead?: (file: DagFile) => void;
}

/** Compiles and loads DAG files, all at once. Errors of user code are part of the answer. */
export async function readDagFiles(files: readonly DiscoveredFile[], tools: ReadTools): Promise<readonly DagFile[]> {
  const reading: Promise<DagFile>[] = [];
  for await (const batch of bundleFiles(files)) {
    for (const bundled of batch) {
      reading.push(
        readOne(bundled, tools).then((read) => {
          tools.onRead?.(read);
          return read;
        }),
      );
    }
  }
  return await Promise.all(reading);
}

async function readOne(bundled: Bundled, tools: ReadTools): Promise<DagFile> {
  const { file, folder } = bundled;
  if (bundled.kind === "broken") {
    const inputs = [tools.stamps.stamp(file)].filter((stamp) => stamp !== undefined);
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
  const { hash, code, source } = bundle;
  const loaded = await tools.loaders.load({ file, bundleHash: hash, code, times: CUSTOM_TIMES });
  const dags = loaded.dags.map((dag) => foundDag(dag, { file, bundle, lockHash }));
  const errors = await Promise.all(loaded.errors.map((error) => loadError(file, error, bundle.inputs)));
  return {
    file,
    folder,
    inputs: bundle.inputs.map((path) => tools.stamps.stamp(path)).filter((stamp) => stamp !== undefined),
    packages: bundle.packages,
    lockHash,
    claims: dags.map((dag) => dag.dagId),
    found: { file, bundle: { hash, code, source }, dags, errors },
  };
}

function foundDag(
  dag: LoadedDag,
  from: { readonly file: string; readonly bundle: Bundle; readonly lockHash: string },
): FoundDag {
  return {
    dagId: dag.dagId,
    file: from.file,
    bundleHash: from.bundle.hash,
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
