import { readFile } from "node:fs/promises";
import Module from "node:module";
import { basename, dirname, join } from "node:path";
import { findDags, MillraceError, type BuiltDag } from "@millrace/core";
import type { EngineClient } from "./engine-client.ts";

/** Node's loader of CommonJS text: unlike `vm.compileFunction` it reads source maps, and `import()` works in it. */
interface LoadedModule extends NodeJS.Module {
  _compile(code: string, file: string): unknown;
}
const { Module: NodeModule } = Module as unknown as {
  readonly Module: (new (id: string) => LoadedModule) & { _nodeModulePaths(folder: string): string[] };
};

/** Bundles loaded in this process by hash; the ones not used for longest go first. */
export class BundleCache {
  readonly #client: EngineClient;
  readonly #limit: number;
  readonly #loaded = new Map<string, ReadonlyMap<string, BuiltDag>>();
  readonly #loading = new Map<string, Promise<ReadonlyMap<string, BuiltDag>>>();

  constructor(client: EngineClient, limit: number) {
    this.#client = client;
    this.#limit = limit;
  }

  /** The code of a DAG if its bundle is loaded: the way of nearly every try, without a promise. */
  find(bundleHash: string, dagId: string): BuiltDag | undefined {
    return this.#loaded.get(bundleHash)?.get(dagId);
  }

  /** @throws MillraceError BUNDLE_BROKEN when the bundle does not load or has no such DAG. */
  async load(bundleHash: string, dagId: string): Promise<BuiltDag> {
    let loading = this.#loading.get(bundleHash);
    if (loading === undefined) {
      loading = this.#read(bundleHash).finally(() => this.#loading.delete(bundleHash));
      this.#loading.set(bundleHash, loading);
    }
    const code = (await loading).get(dagId);
    if (code === undefined) throw new MillraceError("BUNDLE_BROKEN", `bundle ${bundleHash} has no DAG ${dagId}`);
    return code;
  }

  async #read(bundleHash: string): Promise<ReadonlyMap<string, BuiltDag>> {
    const { codeFile, dagFile } = await this.#client.bundle(bundleHash);
    const exported = evaluateBundle(await readFile(codeFile, "utf8"), { dagFile, bundleHash });
    const codes = new Map(findDags(exported).map((definition) => [definition.dagId, definition.build()]));
    this.#loaded.set(bundleHash, codes);
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= this.#limit) break;
      this.#loaded.delete(oldest);
    }
    return codes;
  }
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
