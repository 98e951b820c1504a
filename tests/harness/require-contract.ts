import { modernContract, V1_OPERATIONS } from "@millrace/api";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** An answer of API v1. */
export interface V1Answered {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly json: unknown;
}

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
formats.default(ajv);
ajv.addSchema(modernContract(), "v1");
const compiled = new Map<string, ValidateFunction>();
const operations = V1_OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^/api/v1${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  // `/dags/~/dagRuns/list` fits `/dags/{dag_id}/dagRuns/{…}`, too: the one with fewer placeholders is meant.
  placeholders: operation.path.split("{").length,
})).sort((a, b) => a.placeholders - b.placeholders);

/**
 * Holds an answer against the OpenAPI document: its operation must know the status, and the JSON must fit the schema. Unknown paths have none.
 *
 * @throws Error naming the operation, the places and the rules
 */
export function requireContract({ method, url, status, json }: V1Answered): void {
  const path = url.split("?")[0] ?? "";
  const found = operations.find(({ operation, pattern }) => operation.method === method && pattern.test(path));
  if (!found || json === undefined) return;
  const { id, answers } = found.operation;
  // Errors are all of one shape, whether or not the operation lists the status. `detail` may be null (Airflow sends that, too).
  const pointer =
    status >= 400
      ? "/components/schemas/Error"
      : `/paths/${escape(found.operation.path)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
  if (status < 400 && answers[String(status)] === undefined)
    throw new Error(`${id} answered ${status} with a body, the contract has none: ${JSON.stringify(json)}`);
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `v1#${pointer}` });
  compiled.set(pointer, validate);
  const given = status >= 400 ? { ...(json as object), detail: (json as { detail?: unknown }).detail ?? "" } : json;
  if (!validate(given)) {
    throw new Error(
      `${id} answered ${status}, which breaks the contract:\n${ajv.errorsText(validate.errors, { separator: "\n" })}\n${JSON.stringify(json)}`,
    );
  }
}

function escape(path: string): string {
  return encodeURIComponent(path.replaceAll("~", "~0").replaceAll("/", "~1"));
}
