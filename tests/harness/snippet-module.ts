import * as millrace from "millrace";

const VERBS = "task, map, mapGroup, group, branch, shortCircuit, latestOnly, sensor, setup, teardown, empty, params";

/** A piece of code of a page as a DAG file: one with an import stands alone, any other is the inside of a DAG called `snippet`. */
export function snippetModule(code: string): string {
  if (/^import /m.test(code)) return code;
  const names = Object.keys(millrace).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && name !== "dag");
  return [
    `import { ${["dag", ...names].join(", ")} } from "millrace";`,
    `export const snippet = dag("snippet", ({ ${VERBS} }) => {`,
    code,
    "});",
  ].join("\n");
}
