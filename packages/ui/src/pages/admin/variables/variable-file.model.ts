import type { AnswerOf, listVariables } from "@millrace/api";

/** A variable as the server shows it; a secret one without its value. */
export type Variable = AnswerOf<typeof listVariables>["items"][number];

/** A variable of a file. */
export interface FileVariable {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
}

/** What an import would do. */
export interface ImportPlan {
  readonly created: readonly FileVariable[];
  readonly replaced: readonly FileVariable[];
  /** That are there already: with the same value, or since they shall be left. */
  readonly left: readonly FileVariable[];
}

/**
 * The variables of a file, as Airflow writes it: an object with a key for each, and its value, or `{ value, description }`. Values that are no text
 * are kept as JSON.
 *
 * @returns undefined for what is no such file
 */
export function readVariables(text: string): readonly FileVariable[] | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) return undefined;
  return Object.entries(content as Readonly<Record<string, unknown>>).map(([key, given]) => {
    if (!isDescribed(given)) return { key, value: asText(given) };
    const { value, description } = given;
    return { key, value: asText(value), ...(typeof description === "string" && { description }) };
  });
}

function isDescribed(given: unknown): given is { readonly value: unknown; readonly description?: unknown } {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  const keys = Object.keys(given);
  return keys.includes("value") && keys.every((key) => key === "value" || key === "description");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
}

/** Sorts the variables of a file by what an import does with them. */
export function planImport(
  file: readonly FileVariable[],
  present: readonly Variable[],
  { overwrites }: { readonly overwrites: boolean },
): ImportPlan {
  const known = new Map(present.map((variable) => [variable.key, variable]));
  const plan = { created: [] as FileVariable[], replaced: [] as FileVariable[], left: [] as FileVariable[] };
  for (const variable of file) {
    const before = known.get(variable.key);
    if (before === undefined) plan.created.push(variable);
    else if (overwrites && !isSame(variable, before)) plan.replaced.push(variable);
    else plan.left.push(variable);
  }
  return plan;
}

function isSame({ value, description }: FileVariable, before: Variable): boolean {
  return before.value === value && (description === undefined || description === before.description);
}

/** The file of an export: without secret ones, whose values nobody is shown. */
export function writeVariables(variables: readonly Variable[]): { readonly text: string; readonly secret: number } {
  const shown = variables.filter(({ value }) => value !== undefined);
  const content = Object.fromEntries(
    shown.map(({ key, value, description }) => [key, description === null ? value : { value, description }]),
  );
  return { text: `${JSON.stringify(content, undefined, 2)}\n`, secret: variables.length - shown.length };
}

/** Whether a value is JSON of an object or a list: what is worth being shown as such. */
export function isJsonText(value: string): boolean {
  if (!/^\s*[[{]/.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
