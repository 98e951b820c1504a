import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { MillraceError } from "../errors.ts";
import type { GraphParam } from "../graph/graph.ts";

const VALIDATORS_KEPT = 512;
const SHOWN_CHARS = 80;
/** Keywords for trigger forms that are no JSON Schema. Any other unknown keyword is a spelling mistake and refused. */
const FORM_KEYWORDS = [
  "section",
  "values_display",
  "description_md",
  "description_html",
  "custom_html_form",
  "example",
];

/** A memo, not state: what it holds depends on nothing but the text of a schema. Compiling one costs a millisecond, a trigger should not. */
const compiled = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | undefined;

/**
 * What is wrong with `value` for a param, as a sentence without a subject (`must be >= 1, got 0`); `undefined` when it fits.
 *
 * @throws MillraceError BAD_PARAM when the schema itself is none.
 */
export function findParamFault(name: string, declared: GraphParam, value: unknown): string | undefined {
  const fault = findSchemaFault(name, declared, value);
  return fault === undefined ? undefined : `${fault}, got ${show(value)}`;
}

/** As {@link findParamFault}, without the value: place and rule, `order.id must be integer`. */
export function findSchemaFault(
  name: string,
  declared: Pick<GraphParam, "schema">,
  value: unknown,
): string | undefined {
  const validate = compileParam(name, declared);
  if (validate(value)) return undefined;
  const error = validate.errors?.[0] as ErrorObject;
  const place = error.instancePath === "" ? "" : `${error.instancePath.slice(1).replaceAll("/", ".")} `;
  return `${place}${rule(error)}`;
}

/** Compiles the schema of a param. @throws MillraceError BAD_PARAM when it is no JSON Schema 2020-12. */
export function compileParam(name: string, declared: Pick<GraphParam, "schema">): ValidateFunction {
  const key = JSON.stringify(declared.schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const validate = compileSchema(name, declared);
  if (compiled.size >= VALIDATORS_KEPT) compiled.clear();
  compiled.set(key, validate);
  return validate;
}

function compileSchema(name: string, declared: Pick<GraphParam, "schema">): ValidateFunction {
  ajv ??= createAjv();
  try {
    return ajv.compile(declared.schema);
  } catch (cause) {
    const message = `The schema of param ${name} is not JSON Schema 2020-12: ${(cause as Error).message}`;
    throw new MillraceError("BAD_PARAM", message, { details: { param: name }, cause });
  } finally {
    // Our memo keeps the validators; ajv's own would keep every schema for ever.
    ajv.removeSchema(declared.schema);
  }
}

function createAjv(): Ajv2020 {
  const created = new Ajv2020({
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    addUsedSchema: false,
    logger: false,
  });
  created.addVocabulary(FORM_KEYWORDS);
  formats.default(created);
  return created;
}

function rule(error: ErrorObject): string {
  const message = error.message ?? `breaks the rule "${error.keyword}"`;
  switch (error.keyword) {
    case "enum":
      return `must be one of ${shorten((error.params["allowedValues"] as readonly unknown[]).map((allowed) => JSON.stringify(allowed)).join(", "))}`;
    case "const":
      return `must be ${show(error.params["allowedValue"])}`;
    case "additionalProperties":
      return `${message} (${String(error.params["additionalProperty"])})`;
    default:
      return message;
  }
}

function show(value: unknown): string {
  return shorten(JSON.stringify(value) ?? "nothing");
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS).toWellFormed()}…`;
}
