import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import {
  findDags,
  findPages,
  nextCustomTimes,
  type DagDefinition,
  type FoundFile,
  type PageDefinition,
} from "@millrace/core";
import { compileBundle } from "@millrace/engine/testing";

/** Compiles the text of a DAG file as the DAG processor does. The test's own code, so it may be loaded right here. */
export function compileDags(source: string, name = "test.dag.ts"): FoundFile {
  const { bundle, definitions, pages } = loadDags(source, name);
  const { hash, code, file } = bundle;
  const dags = definitions.map((definition) => {
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
  return {
    file,
    bundle: { hash, code, source },
    dags,
    pages: pages.map((page) => ({ ...page.info(), bundleHash: hash })),
    errors: [],
  };
}

/** The DAGs and pages that the text of a DAG file declares, and its bundle. */
export function loadDags(
  source: string,
  name = "test.dag.ts",
): {
  readonly bundle: ReturnType<typeof compileBundle>;
  readonly definitions: readonly DagDefinition[];
  readonly pages: readonly PageDefinition[];
} {
  const bundle = compileBundle(source, name, import.meta.dirname);
  const { code, file } = bundle;
  const module = { exports: {} };
  compileFunction(code, ["module", "exports", "require"], { filename: file })(
    module,
    module.exports,
    createRequire(file),
  );
  return { bundle, definitions: findDags(module.exports), pages: findPages(module.exports) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
