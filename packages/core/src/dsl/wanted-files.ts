import { compileTemplate } from "../template/compile-template.ts";
import { referencedNames } from "../template/referenced-names.ts";
import type { BuiltDag } from "./body.ts";

/** A file that a template of a task needs, by its name in the DAG's search path. */
export interface WantedFile {
  readonly taskId: string;
  /** Where the template is among the options of the operator. */
  readonly option: string;
  readonly name: string;
}

/** The files that templates of a DAG name: options that are names of files, and what texts in options include. What these files include is not among them. */
export function wantedFiles({ bodies }: BuiltDag): readonly WantedFile[] {
  return [...bodies.values()].flatMap(({ taskId, sources }) =>
    sources.flatMap((source) => {
      if (!("ref" in source)) return [];
      const { ref, path } = source;
      const names = ref.kind === "file" ? [ref.name] : ref.kind === "template" ? includedIn(ref.text) : [];
      return names.map((name) => ({ taskId, option: path.join("."), name }));
    }),
  );
}

function includedIn(text: string): readonly string[] {
  if (!/\{%-?\s*include\b/.test(text)) return [];
  return referencedNames(compileTemplate(text)).includes;
}
