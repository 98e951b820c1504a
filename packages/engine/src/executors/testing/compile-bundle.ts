import { createHash } from "node:crypto";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** A DAG file's text compiled as the DAG processor would, pretending to lie beside this file. */
export interface TestBundle {
  readonly hash: string;
  readonly code: string;
  readonly file: string;
}

/** Compiles the text of a DAG file. `@millrace/core` is resolved when the bundle is loaded. */
export function compileBundle(source: string, name = "test.dag.ts"): TestBundle {
  const folder = import.meta.dirname;
  const built = buildSync({
    stdin: { contents: source, loader: "ts", sourcefile: name, resolveDir: folder },
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node22",
    packages: "external",
    sourcemap: "inline",
    outfile: join(folder, "bundle.cjs"),
    write: false,
  });
  const code = built.outputFiles[0].text;
  return { hash: createHash("sha256").update(code).digest("hex"), code, file: join(folder, name) };
}
