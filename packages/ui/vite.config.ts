import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const COMPRESSIBLE = /\.(js|css|html|svg)$/;

/** Writes each text file compressed beside itself, so that the server never compresses while somebody waits. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async generateBundle(_, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!COMPRESSIBLE.test(fileName)) continue;
        const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (bytes.length < 1_024) continue;
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        this.emitFile({
          type: "asset",
          fileName: `${fileName}.br`,
          source: await promisify(brotliCompress)(bytes, { params }),
        });
        this.emitFile({
          type: "asset",
          fileName: `${fileName}.gz`,
          source: await promisify(gzip)(bytes, { level: 9 }),
        });
      }
    },
  };
}

// `npm run dev --workspace packages/ui` serves the sources and hands what is not theirs to a running Millrace.
const SERVER = process.env["MILLRACE_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_500,
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(["/api", "/auth", "/health", "/webhooks"].map((path) => [path, SERVER])) },
});
