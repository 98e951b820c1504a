import { isMillraceError, MillraceError } from "../errors.ts";
import { isPlainObject } from "../values/plain-object.ts";
import { compileTemplate, isTemplate, renderTemplate, type TemplateContext } from "./compile-template.ts";
import type { CompiledTemplate } from "./syntax.ts";

const MAX_DEPTH = 100;

/** What {@link renderDeep} may be told. */
export interface RenderDeepOptions {
  /** How texts become templates; hand in a cache. Default: compiles every time. */
  readonly compile?: (text: string) => CompiledTemplate;
}

/**
 * Renders the texts in `value`, also inside lists, maps, sets and plain objects (their values, not their keys); everything else is
 * handed on as it is.
 *
 * @param fields when given, `value` is an object and only these of its members are rendered.
 * @returns a copy wherever something was rendered. @throws MillraceError BAD_TEMPLATE, which names the place in `value` first.
 */
export function renderDeep(
  value: unknown,
  context: TemplateContext,
  fields?: readonly string[],
  options: RenderDeepOptions = {},
): unknown {
  const compile = options.compile ?? compileTemplate;
  const render = (text: string, path: string): string =>
    isTemplate(text) ? renderAt(compile, text, context, path) : text;
  if (fields === undefined) return walk(value, { path: "", depth: 0, render });
  if (!isPlainObject(value)) return value;
  const rendered = Object.entries(value).map(
    ([key, member]) => [key, fields.includes(key) ? walk(member, { path: key, depth: 0, render }) : member] as const,
  );
  return Object.fromEntries(rendered);
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly render: (text: string, path: string) => string;
}

function walk(value: unknown, place: Place): unknown {
  if (typeof value === "string") return place.render(value, place.path);
  if (typeof value !== "object" || value === null) return value;
  if (place.depth > MAX_DEPTH)
    throw new MillraceError(
      "BAD_TEMPLATE",
      `${place.path} is nested deeper than ${MAX_DEPTH} levels or refers back to itself`,
    );
  const inner = (item: unknown, step: string): unknown =>
    walk(item, { ...place, path: place.path + step, depth: place.depth + 1 });
  if (Array.isArray(value)) return value.map((item, i) => inner(item, `[${i}]`));
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, inner(item, `[${JSON.stringify(key)}]`)]));
  if (value instanceof Set) return new Set([...value].map((item, i) => inner(item, `[${i}]`)));
  // Handles and references are marked by symbols, which a copy would lose; they are resolved elsewhere.
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, inner(item, place.path === "" ? key : `.${key}`)]),
  );
}

function renderAt(
  compile: (text: string) => CompiledTemplate,
  text: string,
  context: TemplateContext,
  path: string,
): string {
  try {
    return renderTemplate(compile(text), context);
  } catch (error) {
    if (path === "" || !isMillraceError(error)) throw error;
    throw new MillraceError(error.code, `${path}: ${error.message}`, {
      details: { ...error.details, path },
      cause: error,
    });
  }
}
