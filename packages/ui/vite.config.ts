import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

// `npm run dev --workspace packages/ui` serves the sources and hands what is not theirs to a running Millrace.
const SERVER = process.env["MILLRACE_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    // Not "assets", which is a page.
    assetsDir: "static",
    target: "es2023",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(["/api", "/auth", "/health", "/webhooks"].map((path) => [path, SERVER])) },
});
