import { createHash } from "node:crypto";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { BUNDLE_OPTIONS } from "../dag-processor/bundle-options.ts";

/** A DAG file's text compiled as the DAG processor would. */
export interface TestBundle {
  readonly hash: string;
  readonly code: string;
  readonly file: string;
}

/** Compiles the text of a DAG file that pretends to lie in `folder`, from where it finds packages. Default: this one. */
export function compileBundle(source: string, name = "test.dag.ts", folder = import.meta.dirname): TestBundle {
  const built = buildSync({
    ...BUNDLE_OPTIONS,
    stdin: { contents: source, loader: "ts", sourcefile: name, resolveDir: folder },
    outfile: join(folder, "bundle.cjs"),
    write: false,
  });
  const code = built.outputFiles[0].text;
  return { hash: createHash("sha256").update(code).digest("hex"), code, file: join(folder, name) };
}
