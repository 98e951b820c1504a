import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMillraceError, type WorkerCalls } from "@millrace/core";
import type { BundlePlace, CallMethod, WireError } from "../../worker/protocol.ts";

/** Answers what workers ask: from the engine, with bundles kept as files on this host. */
export function createCallAnswerer(options: {
  readonly dataFolder: string;
  readonly calls: WorkerCalls;
}): (
  method: CallMethod,
  args: readonly unknown[],
) => Promise<{ readonly value?: unknown; readonly error?: WireError }> {
  const bundles = new Map<string, Promise<BundlePlace>>();
  const placeOf = async (hash: string): Promise<BundlePlace> => {
    const known = bundles.get(hash);
    // Retention removes files of versions that nobody has; one that is deployed again is written again.
    if (known !== undefined && (await isThere(await known))) return await known;
    let place = bundles.get(hash);
    if (place === undefined || place === known) {
      place = placeBundle(options, hash);
      bundles.set(hash, place);
      // A failure is for whoever asks now; the next one asks the engine again.
      place.catch(() => bundles.delete(hash));
    }
    return await place;
  };
  return async (method, args) => {
    try {
      if (method === "bundle") return { value: await placeOf(args[0] as string) };
      const answer = options.calls[method] as (...given: readonly unknown[]) => Promise<unknown>;
      return { value: await answer(...args) };
    } catch (error) {
      return { error: wireError(error) };
    }
  };
}

/** A bundle's hash as part of the name of its file. */
export function bundleFileName(hash: string): string {
  return hash.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}

async function isThere({ codeFile }: BundlePlace): Promise<boolean> {
  return (await stat(codeFile).catch(() => undefined)) !== undefined;
}

/** The error as another process can have it. */
function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  return { name: error.name, message: error.message, ...(isMillraceError(error) ? { code: error.code } : {}) };
}

async function placeBundle(
  options: { readonly dataFolder: string; readonly calls: WorkerCalls },
  hash: string,
): Promise<BundlePlace> {
  const { code, file } = await options.calls.bundle(hash);
  const folder = join(options.dataFolder, "bundles");
  const codeFile = join(folder, `${bundleFileName(hash)}.cjs`);
  // The name is the hash of the content: what is there already is right, unless a crash cut it off.
  const present = await stat(codeFile).catch(() => undefined);
  if (present?.size !== Buffer.byteLength(code)) {
    await mkdir(folder, { recursive: true });
    const draft = `${codeFile}.${process.pid}`;
    await writeFile(draft, code);
    await rename(draft, codeFile);
  }
  return { codeFile, dagFile: file };
}
