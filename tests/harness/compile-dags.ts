import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { buildSync } from "esbuild";
import { findDags, nextCustomTimes, type FoundFile } from "@millrace/core";

/** Compiles the text of a DAG file as the DAG processor does. The test's own code, so it may be loaded right here. */
export function compileDags(source: string, name = "test.dag.ts"): FoundFile {
  const folder = import.meta.dirname;
  const file = join(folder, name);
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
  const hash = sha256(code);
  const module = { exports: {} };
  compileFunction(code, ["module", "exports", "require"], { filename: file })(
    module,
    module.exports,
    createRequire(file),
  );
  const dags = findDags(module.exports).map((definition) => {
    const { graph, timetable } = definition.build();
    const customTimes = timetable && nextCustomTimes(timetable, graph.dag.start ?? 0, 50);
    return {
      dagId: definition.dagId,
      file,
      bundleHash: hash,
      graphHash: sha256(JSON.stringify(graph)),
      graph,
      lockHash: "",
      ...(customTimes && { customTimes }),
    };
  });
  return { file, bundle: { hash, code, source }, dags, errors: [] };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
