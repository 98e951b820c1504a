import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import Module from "node:module";
import { basename, dirname, join } from "node:path";
import { findDags, MillraceError, overrideSchedule, type BuiltDag, type ScheduleOverride } from "@millrace/core";
import type { EngineClient } from "./engine-client.ts";

/** Node's loader of CommonJS text: unlike `vm.compileFunction` it reads source maps, and `import()` works in it. */
interface LoadedModule extends NodeJS.Module {
  _compile(code: string, file: string): unknown;
}
const { Module: NodeModule } = Module as unknown as {
  readonly Module: (new (id: string) => LoadedModule) & { _nodeModulePaths(folder: string): string[] };
};

/** Under this symbol a bundle exports the template files of its DAGs: DAG id → name → text. */
export const TEMPLATE_FILES = "millrace.templates";

/** Which code a try or callback needs. */
export interface CodeWanted {
  readonly bundleHash: string;
  readonly dagId: string;
  /** The graph that it must build; not compared when absent. */
  readonly graphHash?: string;
  /** Schedule that the DAG has instead of its file's own. */
  readonly scheduleOverride?: ScheduleOverride;
}

type Templated = Readonly<Record<symbol, Readonly<Record<string, BuiltDag["templates"]>> | undefined>>;

interface LoadedDag {
  readonly dag: BuiltDag;
  readonly graphHash: string;
  /** The same with the schedule that it was last wanted with. */
  scheduled?: { readonly key: string; readonly loaded: LoadedDag };
}

/** Bundles loaded in this process by hash; the ones not used for longest go first. */
export class BundleCache {
  readonly #client: EngineClient;
  readonly #limit: number;
  readonly #loaded = new Map<string, ReadonlyMap<string, LoadedDag>>();
  readonly #loading = new Map<string, Promise<ReadonlyMap<string, LoadedDag>>>();

  constructor(client: EngineClient, limit: number) {
    this.#client = client;
    this.#limit = limit;
  }

  /**
   * The code of a DAG if its bundle is loaded: the way of nearly every try, without a promise.
   *
   * @throws MillraceError BUNDLE_BROKEN when it builds another graph here than where its version was made.
   */
  find(wanted: CodeWanted): BuiltDag | undefined {
    const loaded = this.#loaded.get(wanted.bundleHash)?.get(wanted.dagId);
    return loaded && checked(loaded, wanted);
  }

  /** @throws MillraceError BUNDLE_BROKEN when the bundle does not load, has no such DAG, or builds another graph here. */
  async load(wanted: CodeWanted): Promise<BuiltDag> {
    const { bundleHash, dagId } = wanted;
    let loading = this.#loading.get(bundleHash);
    if (loading === undefined) {
      loading = this.#read(bundleHash).finally(() => this.#loading.delete(bundleHash));
      this.#loading.set(bundleHash, loading);
    }
    const code = (await loading).get(dagId);
    if (code === undefined) throw new MillraceError("BUNDLE_BROKEN", `bundle ${bundleHash} has no DAG ${dagId}`);
    return checked(code, wanted);
  }

  async #read(bundleHash: string): Promise<ReadonlyMap<string, LoadedDag>> {
    const { codeFile, dagFile } = await this.#client.bundle(bundleHash);
    const exported = evaluateBundle(await readFile(codeFile, "utf8"), { dagFile, bundleHash });
    const templates = (exported as Templated)[Symbol.for(TEMPLATE_FILES)] ?? {};
    const codes = new Map(
      findDags(exported).map(({ dagId, build }) => [
        dagId,
        withHash({ ...build(), templates: templates[dagId] ?? {} }),
      ]),
    );
    this.#loaded.set(bundleHash, codes);
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= this.#limit) break;
      this.#loaded.delete(oldest);
    }
    return codes;
  }
}

function withSchedule(code: LoadedDag, override: ScheduleOverride): LoadedDag {
  const key = JSON.stringify(override);
  if (code.scheduled?.key !== key)
    code.scheduled = { key, loaded: withHash({ ...code.dag, graph: overrideSchedule(code.dag.graph, override) }) };
  return code.scheduled.loaded;
}

function withHash(dag: BuiltDag): LoadedDag {
  return { dag, graphHash: createHash("sha256").update(JSON.stringify(dag.graph)).digest("hex") };
}

/** The plan goes by the graph that was stored: code with other tasks or edges must not run for it. */
function checked(code: LoadedDag, wanted: CodeWanted): BuiltDag {
  const { dag, graphHash } = wanted.scheduleOverride ? withSchedule(code, wanted.scheduleOverride) : code;
  if (wanted.graphHash === undefined || wanted.graphHash === graphHash) return dag;
  throw new MillraceError(
    "BUNDLE_BROKEN",
    `the builder of ${wanted.dagId} gives another graph in this worker than where its version was made: it reads something that differs between the two (an environment variable, a file, the host); read it inside a task instead`,
  );
}

/**
 * Runs a bundle's code as a CommonJS module that lies beside its DAG file: `require` and source maps are relative to that folder.
 *
 * @throws MillraceError BUNDLE_BROKEN with the error of the code as cause.
 */
export function evaluateBundle(code: string, from: { readonly dagFile: string; readonly bundleHash: string }): object {
  const folder = dirname(from.dagFile);
  const loaded = new NodeModule(from.dagFile);
  loaded.filename = from.dagFile;
  loaded.paths = NodeModule._nodeModulePaths(folder);
  try {
    loaded._compile(code, join(folder, `${basename(from.dagFile)}.${from.bundleHash.slice(0, 12)}.cjs`));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MillraceError("BUNDLE_BROKEN", `${from.dagFile} does not load in the worker: ${why}`, { cause });
  }
  return loaded.exports as object;
}
