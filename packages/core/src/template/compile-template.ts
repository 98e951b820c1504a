import { isMillraceError, MillraceError } from "../errors.ts";
import { byteLength } from "../values/text.ts";
import { Budget, MAX_TEMPLATE_BYTES } from "./budget.ts";
import type { Names, Rendering } from "./expressions.ts";
import { parseTemplate } from "./parse-template.ts";
import { Scope } from "./scope.ts";
import { runBlock } from "./statements.ts";
import type { CompiledTemplate } from "./syntax.ts";
import { TextSink } from "./text-sink.ts";
import { placeOf, templateFault } from "./template-fault.ts";

const SHOWN_CHARS = 60;

/** The names that a template may use; made by `templateContext`. */
export type TemplateContext = Names;

/** What {@link renderTemplate} may be told. */
export interface RenderOptions {
  /** Finds the template of `{% include "name" %}`. Default: there are none. */
  readonly included?: (name: string) => CompiledTemplate | undefined;
}

/** True when `text` has anything to render; others pass through {@link renderTemplate} as they are. */
export function isTemplate(text: string): boolean {
  return text.includes("{{") || text.includes("{%") || text.includes("{#");
}

/**
 * Parses a Jinja template: `{{ … }}`, `{% if for set macro call filter raw include %}`, `{# … #}`, `-` to trim. One line end at the end
 * of the text is dropped, as Jinja does. Keep the result if the text is rendered often.
 *
 * @throws MillraceError BAD_TEMPLATE with line and column, also for more than 64 kB of text.
 */
export function compileTemplate(text: string): CompiledTemplate {
  return located(text, () => {
    if (text.length > MAX_TEMPLATE_BYTES || byteLength(text) > MAX_TEMPLATE_BYTES) {
      throw templateFault(`it is longer than ${MAX_TEMPLATE_BYTES} bytes; keep long texts in a file`);
    }
    return { text, statements: parseTemplate(text.replace(/\r?\n$/, "")) };
  });
}

/**
 * Renders a template. Values print as in Python (`None`, `True`, `['a']`, `2024-01-01 00:00:00+00:00`).
 *
 * Templates reach only the names of `context` and fixed tables of filters and methods, never an object of JavaScript, so there is
 * no way from a template to code. Work and output are bounded: 1 000 000 steps, 1 MB of text, lists of 100 000.
 *
 * @throws MillraceError BAD_TEMPLATE naming template, line and column; `details` has them and the undefined `name`.
 */
export function renderTemplate(
  template: CompiledTemplate | string,
  context: TemplateContext,
  { included = () => undefined }: RenderOptions = {},
): string {
  const { text, statements } = typeof template === "string" ? compileTemplate(template) : template;
  const budget = new Budget();
  const rendering: Rendering = { budget, names: context, included, at: undefined, depth: 0 };
  const sink = new TextSink(budget);
  return located(
    text,
    () => {
      runBlock(statements, new Scope(), rendering, sink);
      return sink.toString();
    },
    rendering,
  );
}

function located<T>(text: string, body: () => T, rendering?: Rendering): T {
  try {
    return body();
  } catch (error) {
    throw withPlace(text, error, rendering?.at);
  }
}

function withPlace(text: string, error: unknown, at: number | undefined): unknown {
  const fault = faultOf(error);
  if (fault === undefined) return error;
  const { details, message } = fault;
  const { line, column } = placeOf(text, typeof details["offset"] === "number" ? details["offset"] : (at ?? 0));
  const { name } = details;
  return new MillraceError("BAD_TEMPLATE", `Template ${quote(text)}, line ${line}, column ${column}: ${message}`, {
    details: { template: text.slice(0, SHOWN_CHARS), line, column, ...(name !== undefined && { name }) },
    cause: error,
  });
}

/** A fault of the template itself; anything else is a bug of ours and goes on as it is. */
function faultOf(error: unknown): MillraceError | undefined {
  if (isMillraceError(error) && error.code === "BAD_TEMPLATE") return error;
  return error instanceof RangeError && error.message.includes("call stack")
    ? templateFault("it is nested too deeply")
    : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS).toWellFormed()}…`);
}
