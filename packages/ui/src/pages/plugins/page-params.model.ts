import type { AnswerOf, getPage } from "@millrace/api";

type PageParams = AnswerOf<typeof getPage>["params"];

/** How a param of a page is set. */
export type ParamField = { readonly name: string; readonly label: string; readonly description?: string } & (
  | { readonly kind: "choice"; readonly value: string; readonly choices: readonly string[] }
  | { readonly kind: "number"; readonly value: number | ""; readonly min?: number; readonly max?: number }
  | { readonly kind: "flag"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
);

/** Filters of the URL begin with this, so that they are told from those of the interface. */
const PREFIX = "p.";

type Filters = Readonly<Record<string, string | undefined>>;

/** The name of a param in the URL. */
export function filterName(param: string): string {
  return `${PREFIX}${param}`;
}

/** The fields above a page, with the values of the URL or the defaults. */
export function fieldsOf(params: PageParams, filters: Filters): readonly ParamField[] {
  return Object.entries(params).map(([name, { schema, description, default: fallback }]): ParamField => {
    const given = filters[filterName(name)];
    const label = typeof schema["title"] === "string" ? schema["title"] : name;
    const base = { name, label, ...(description !== undefined && { description }) };
    const choices = schema["enum"];
    if (Array.isArray(choices))
      return { ...base, kind: "choice", choices: choices.map(wordOf), value: given ?? wordOf(fallback) };
    const type = schema["type"] ?? typeof fallback;
    if (type === "number" || type === "integer")
      return { ...base, kind: "number", value: numberOf(given ?? fallback), ...boundsOf(schema) };
    if (type === "boolean") return { ...base, kind: "flag", value: (given ?? String(fallback)) === "true" };
    return { ...base, kind: "text", value: given ?? wordOf(fallback) };
  });
}

/** What is sent for the values of the URL: JSON text of those that are set, undefined when none is. */
export function paramsText(params: PageParams, filters: Filters): string | undefined {
  const given = Object.entries(params).flatMap(([name, { schema, default: fallback }]) => {
    const text = filters[filterName(name)];
    return text === undefined ? [] : [[name, valueOf(text, { schema, fallback })] as const];
  });
  return given.length === 0 ? undefined : JSON.stringify(Object.fromEntries(given));
}

function valueOf(
  text: string,
  { schema, fallback }: { readonly schema: Readonly<Record<string, unknown>>; readonly fallback: unknown },
): unknown {
  const choices = schema["enum"];
  if (Array.isArray(choices)) return (choices as readonly unknown[]).find((choice) => wordOf(choice) === text) ?? text;
  const type = schema["type"] ?? typeof fallback;
  // What is no number is sent as it is: the server says what is wrong with it.
  if (type === "number" || type === "integer") return Number.isNaN(Number(text)) ? text : Number(text);
  if (type === "boolean") return text === "true";
  return text;
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}

function numberOf(value: unknown): number | "" {
  const number = value === "" || value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isNaN(number) ? "" : number;
}

function boundsOf({ minimum, maximum }: Readonly<Record<string, unknown>>): {
  readonly min?: number;
  readonly max?: number;
} {
  return {
    ...(typeof minimum === "number" && { min: minimum }),
    ...(typeof maximum === "number" && { max: maximum }),
  };
}
