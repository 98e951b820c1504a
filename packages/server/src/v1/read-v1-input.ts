import { modernContract, type V1Id, type V1Operation, type V1Schema } from "@millrace/api";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifyRequest } from "fastify";
import { Problem } from "../http/problem.ts";
import type { Input } from "../http/route.ts";
import { reprPython } from "./python-text.ts";

const CONTRACT_ID = "v1";

/** Titles of refusals of bodies that have fields of no use, where Airflow's are not the usual ones. */
const TITLES: Partial<Record<V1Id, string>> = {
  post_variables: "Invalid Variable schema",
  patch_variable: "Invalid Variable schema",
};
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})$/;

/** Reads and checks the input of an operation of API v1, with the words that Airflow uses when something does not fit. */
export function makeV1Reader(): (operation: V1Operation) => (request: FastifyRequest) => Input {
  const ajv = new Ajv({ strict: false, allErrors: false, verbose: true, logger: false });
  // Naive date-times are refused, as by Airflow.
  ajv.addFormat("date-time", DATE_TIME);
  ajv.addSchema(receivedContract(), CONTRACT_ID);
  return (operation) => {
    const pointer = `/paths/${escape(operation.path)}/${operation.method.toLowerCase()}/requestBody/content/application~1json/schema`;
    const validate = operation.body && ajv.compile({ $ref: `${CONTRACT_ID}#${pointer}` });
    return (request) => ({
      params: readParameters(operation, "path", request.params),
      query: readParameters(operation, "query", request.query),
      body:
        validate && operation.body ? readBody(request, { ...operation, body: operation.body }, validate) : undefined,
    });
  };
}

/** The contract, and that a note may be taken away by null: Airflow takes that, though its document does not say so. */
function receivedContract(): Readonly<Record<string, unknown>> {
  const contract = modernContract();
  const { schemas } = contract["components"] as {
    readonly schemas: Readonly<Record<string, { readonly properties: Record<string, V1Schema> }>>;
  };
  for (const name of ["SetDagRunNote", "SetTaskInstanceNote"])
    Object.assign(schemas[name]?.properties ?? {}, { note: { type: ["string", "null"] } });
  return contract;
}

function escape(path: string): string {
  return encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function readParameters(
  { parameters }: V1Operation,
  place: "path" | "query",
  given: unknown,
): Readonly<Record<string, unknown>> {
  const values = given as Readonly<Record<string, string | readonly string[] | undefined>>;
  const read: Record<string, unknown> = {};
  for (const { name, in: where, schema, required } of parameters) {
    if (where !== place) continue;
    const value = values[name];
    if (value === undefined) {
      if (required) throw new Problem(400, { detail: `Missing query parameter '${name}'` });
      continue;
    }
    read[name] = coerce(value, schema, { name, place });
  }
  return read;
}

interface Named {
  readonly name: string;
  readonly place: "path" | "query";
}

function coerce(value: string | readonly string[], schema: V1Schema, named: Named): unknown {
  if (schema["type"] === "array") {
    const parts = typeof value === "string" ? value.split(",") : value;
    return parts.map((part) => coerce(part, (schema["items"] ?? {}) as V1Schema, named));
  }
  const text = typeof value === "string" ? value : (value.at(-1) ?? "");
  const wrong = (type: string): Problem =>
    new Problem(named.place === "path" ? 404 : 400, {
      detail: `Wrong type, expected '${type}' for ${named.place} parameter '${named.name}'`,
    });
  switch (schema["type"]) {
    case "integer":
      if (!/^-?\d{1,15}$/.test(text)) throw wrong("integer");
      return Number(text);
    case "number":
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw wrong("number");
      return Number(text);
    case "boolean":
      if (!/^(true|false)$/i.test(text)) throw wrong("boolean");
      return text.toLowerCase() === "true";
    default:
      return text;
  }
}

function readBody(
  request: FastifyRequest,
  { id, body: schema }: Pick<V1Operation, "id"> & { readonly body: V1Schema },
  validate: ValidateFunction,
): unknown {
  const raw = request.body;
  if (!Buffer.isBuffer(raw) || raw.length === 0) throw new Problem(400, { detail: "Request body must not be empty" });
  let body: unknown;
  try {
    body = JSON.parse(raw.toString("utf8"));
  } catch {
    throw new Problem(400, { detail: "Request body is not valid JSON" });
  }
  if (!validate(body)) throw new Problem(400, { detail: complaint(validate.errors?.at(-1)) });
  requireKnownFields(body, schema, TITLES[id]);
  return body;
}

/** What JSON Schema's Python implementation says, with the path behind a dash. */
function complaint(error: ErrorObject | undefined): string {
  if (!error) return "Request body does not fit";
  const field = error.instancePath.slice(1).replaceAll("/", ".");
  const value = reprPython(error.data);
  const at = field === "" ? "" : ` - '${field}'`;
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case "type":
      return `${value} is not of type ${[params["type"]]
        .flat()
        // Nullable is no type of its own in API v1.
        .filter((type) => type !== "null")
        .map(reprPython)
        .join(", ")}${at}`;
    case "format":
      return `${value} is not a ${reprPython(params["format"])}${at}`;
    case "enum":
      return `${value} is not one of ${reprPython(params["allowedValues"])}${at}`;
    case "minimum":
      return `${value} is less than the minimum of ${String(params["limit"])}${at}`;
    case "maximum":
      return `${value} is greater than the maximum of ${String(params["limit"])}${at}`;
    case "required":
      return `${reprPython({ [String(params["missingProperty"])]: ["Missing data for required field."] })}`;
    case "minLength":
    case "minItems":
      return `${value} is too short${at}`;
    case "maxLength":
    case "maxItems":
      return `${value} is too long${at}`;
    case "pattern":
      return `${value} does not match ${reprPython(params["pattern"])}${at}`;
    default:
      return `${value} ${error.message ?? "does not fit"}${at}`;
  }
}

/** Unknown and read-only fields of the body's top level. */
function requireKnownFields(body: unknown, schema: V1Schema, title: string | undefined): void {
  const fields = fieldsOf(schema);
  if (fields === undefined || typeof body !== "object" || body === null || Array.isArray(body)) return;
  for (const name of Object.keys(body)) {
    const field = fields.get(name);
    if (field === undefined) {
      const detail = reprPython({ [name]: ["Unknown field."] });
      throw new Problem(400, { detail, ...(title !== undefined && { title }) });
    }
    if (resolveSchema(field)["readOnly"] === true)
      throw new Problem(400, { detail: `Property is read-only - '${name}'` });
  }
}

function fieldsOf(schema: V1Schema): ReadonlyMap<string, V1Schema> | undefined {
  const resolved = resolveSchema(schema);
  const own = Object.entries((resolved["properties"] ?? {}) as Readonly<Record<string, V1Schema>>);
  const parts = ((resolved["allOf"] ?? []) as readonly V1Schema[]).flatMap((part) => [...(fieldsOf(part) ?? [])]);
  const all = [...parts, ...own];
  return all.length === 0 ? undefined : new Map(all);
}

const DOCUMENT = modernContract();

function resolveSchema(schema: V1Schema): V1Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  let at: unknown = DOCUMENT;
  for (const part of reference.slice(2).split("/")) at = (at as Readonly<Record<string, unknown>>)[part];
  return resolveSchema(at as V1Schema);
}
