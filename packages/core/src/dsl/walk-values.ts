import { isPlainObject } from "../values/plain-object.ts";
import { handleSource, refSource, type HandleSource, type RefSource } from "./handle.ts";

/** `lists`: looks into lists only, as the type of `input` says. `all`: into records too, as in options of operators. */
export type Depth = "lists" | "all";

/** Where a value is inside an input or options object. */
export type Path = readonly (string | number)[];

/** A handle or ref, or a text that is a template, and where it is. */
export type FoundSource =
  { readonly path: Path; readonly handle: HandleSource } | { readonly path: Path; readonly ref: RefSource };

/** Which texts are templates. */
export interface TemplatedFields {
  /** Fields whose texts are. */
  readonly templated?: readonly string[] | undefined;
  /** Endings of templates that are names of files. */
  readonly templateExt?: readonly string[] | undefined;
}

/** Finds handles and refs in the fields of an input or options object; in the fields named in `templated` also texts, as templates. */
export function findSources(fields: object, depth: Depth, texts: TemplatedFields = {}): readonly FoundSource[] {
  const { templated = [], templateExt = [] } = texts;
  const found: FoundSource[] = [];
  const visit = (value: unknown, path: Path): void => {
    const handle = handleSource(value);
    const ref = handle ? undefined : refSource(value);
    if (handle) found.push({ path, handle });
    else if (ref) found.push({ path, ref: ref.kind === "template" ? templateRef(ref.text, templateExt) : ref });
    else if (typeof value === "string") {
      if (!templated.includes(String(path[0]))) return;
      // Inside lists and records an ending may well be an argument's: there a file is named with `template()`.
      const text = templateRef(value, path.length === 1 ? templateExt : []);
      if (text.kind === "file" || value.includes("{")) found.push({ path, ref: text });
    } else for (const [key, inner] of partsOf(value, depth)) visit(inner, [...path, key]);
  };
  for (const [key, value] of Object.entries(fields)) visit(value, [key]);
  return found;
}

/** A copy of `fields` with the value at `path` replaced; shares all that is not on the path. */
export function withValueAt<T>(fields: T, path: Path, value: unknown): T {
  if (path.length === 0) return value as T;
  const [key, ...rest] = path;
  const copy = (Array.isArray(fields) ? [...fields] : { ...fields }) as Record<string | number, unknown>;
  copy[key] = withValueAt(copy[key], rest, value);
  return copy as T;
}

/** Name of an input in the graph: `servers`, `parts.0`, with the prefix `options` for operators. */
export function inputName(path: Path, isOption: boolean): string {
  return (isOption ? ["options", ...path] : path).join(".");
}

/** A text on one line that ends as a file of templates does, and is no template itself, names that file. */
function templateRef(text: string, endings: readonly string[]): RefSource & { readonly kind: "template" | "file" } {
  const isName = endings.some((ending) => text.endsWith(ending)) && !/[{\n]/.test(text);
  return isName ? { kind: "file", name: text } : { kind: "template", text };
}

function partsOf(value: unknown, depth: Depth): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  return depth === "all" && isPlainObject(value) ? Object.entries(value) : [];
}
