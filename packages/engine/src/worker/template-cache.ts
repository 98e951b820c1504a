import { compileTemplate, type CompiledTemplate } from "@millrace/core";

/** Compiled templates that a worker process keeps. */
const MOST_COMPILED = 2_000;

/** Compiled templates by their text, for all tries of a process. */
export type TemplateCache = Map<string, CompiledTemplate>;

/** The compiled form of a text, compiled once per process. Errors: those of `compileTemplate`. */
export function compiledTemplate(cache: TemplateCache, text: string): CompiledTemplate {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= MOST_COMPILED) cache.clear();
  const compiled = compileTemplate(text);
  cache.set(text, compiled);
  return compiled;
}
