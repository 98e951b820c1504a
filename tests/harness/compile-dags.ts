import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import { findDags, nextCustomTimes, type FoundFile } from "@millrace/core";
import { compileBundle } from "@millrace/engine/testing";

/** Compiles the text of a DAG file as the DAG processor does. The test's own code, so it may be loaded right here. */
export function compileDags(source: string, name = "test.dag.ts"): FoundFile {
  const { hash, code, file } = compileBundle(source, name, import.meta.dirname);
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
