import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(js|css|html|svg)$/;

/** Writes each text file compressed beside itself, so that the server never compresses while somebody waits. */
function precompress(): Plugin {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  return {
    name: "precompress",
    apply: "build",
    // After all others: what is compressed must be what was written.
    async writeBundle({ dir = "" }, bundle) {
      for (const fileName of Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name))) {
        const file = join(dir, fileName);
        const bytes = await readFile(file);
        if (bytes.length < 1_024) continue;
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, brotli));
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
      }
    },
  };
}

const OPERATIONS = /\/packages\/api\/src\/(own\/[^/]+|v1\/contract)\.ts$/;

/**
 * What operations are checked and described by stays at the server: a client calls them by method and path. Their schemas would be a third of what a browser
 * loads, and each would be built at its start.
 */
function operationsWithoutSchemas(): Plugin {
  return {
    name: "operations-without-schemas",
    apply: "build",
    enforce: "pre",
    async load(id) {
      if (!OPERATIONS.test(id)) return null;
      const exported = (await import(pathToFileURL(id).href)) as Readonly<Record<string, unknown>>;
      const lines = Object.entries(exported).map(
        ([name, value]) => `export const ${name} = ${JSON.stringify(callable(value) ?? null)};`,
      );
      return { code: lines.join("\n"), moduleSideEffects: false };
    },
  };
}

/** An operation, or a list of them, as far as a client needs it; undefined for all else. */
function callable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(callable);
  if (typeof value !== "object" || value === null || !("method" in value && "path" in value)) return undefined;
  const { id, method, path } = value as { readonly id?: unknown; readonly method: unknown; readonly path: unknown };
  return { id, method, path };
}

/** Large, and for some pages only; all else that two pages share comes in one file: a browser loads one of 200 kB sooner than fifty small ones. */
const FOR_FEW_PAGES =
  /node_modules\/(@xyflow|@dagrejs|elkjs|@?shikijs?|d3-)|\/src\/(components\/(graph|charts|gantt|task-tree)|pages)\//;

// `npm run dev --workspace packages/ui` serves the sources and hands what is not theirs to a running Millrace.
const SERVER = process.env["MILLRACE_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [operationsWithoutSchemas(), react(), precompress()],
  build: {
    // Not "assets", which is a page.
    assetsDir: "static",
    target: "es2023",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "shared", test: (id) => !FOR_FEW_PAGES.test(id), minShareCount: 2 }] },
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(["/api", "/auth", "/health", "/webhooks"].map((path) => [path, SERVER])) },
});
