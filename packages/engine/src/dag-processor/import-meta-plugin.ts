import { readFile } from "node:fs/promises";
import { dirname, extname, relative } from "node:path";
import type { Loader, Plugin } from "esbuild";

const LOADERS: Readonly<Record<string, Loader>> = {
  ".tsx": "tsx",
  ".jsx": "jsx",
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
};

/**
 * Keeps `import.meta.dirname`, `.filename` and `.url` true in a CommonJS bundle: each module's own place, found from the place of the DAG file, so
 * that the bundle is the same wherever the folder lies. It reads every module itself, so it is used only where a module asks for them.
 */
export function importMetaPlugin(dagFile: string): Plugin {
  return {
    name: "import-meta",
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, async ({ path }) => {
        const contents = replaceImportMeta(await readFile(path, "utf8"), relative(dirname(dagFile), path));
        return { contents, loader: LOADERS[extname(path)] ?? "js" };
      });
    },
  };
}

function replaceImportMeta(source: string, path: string): string {
  const from = (below: string): string => `require("node:path").resolve(__dirname, ${JSON.stringify(below)})`;
  return source.replaceAll(/\bimport\.meta\.(dirname|filename|url)\b/g, (_, key: string) => {
    if (key === "dirname") return from(dirname(path));
    return key === "filename" ? from(path) : `require("node:url").pathToFileURL(${from(path)}).href`;
  });
}
