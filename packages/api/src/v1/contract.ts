import contract from "./contract.json" with { type: "json" };
import type { Need } from "../access.ts";
import type { Method } from "../operation.ts";
import { V1_ACCESS } from "./access.ts";
import type { V1Operations } from "./contract-types.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** A JSON Schema of the contract, in the dialect of OpenAPI 3.0. */
export type V1Schema = Readonly<Record<string, unknown>>;

/** Id of an operation of API v1, like `get_dag_runs`. */
export type V1Id = keyof V1Operations;

/** A parameter of an operation. */
export interface V1Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: V1Schema;
}

/** An operation of API v1 as the contract describes it. */
export interface V1Operation {
  readonly id: V1Id;
  readonly method: Method;
  /** Below `/api/v1`, like `/dags/{dag_id}`. */
  readonly path: string;
  readonly access: readonly Need[];
  readonly parameters: readonly V1Parameter[];
  readonly body?: V1Schema;
  /** The status of its success. */
  readonly status: number;
  /** Schema of each answer's JSON, by status; absent where the body is empty. */
  readonly answers: Readonly<Record<string, V1Schema | undefined>>;
}

/** OpenAPI document of Airflow's stable REST API 2.10.0 (Apache License 2.0), structure only. */
export const V1_CONTRACT: Readonly<Record<string, unknown>> = contract;

/** The operations of API v1, in the order of the contract. */
export const V1_OPERATIONS: readonly V1Operation[] = readOperations();

interface Raw {
  readonly operationId: V1Id;
  readonly parameters?: readonly (V1Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: V1Schema }>> };
  readonly responses: Readonly<Record<string, RawResponse | { readonly $ref: string }>>;
}

interface RawResponse {
  readonly content?: Readonly<Record<string, { readonly schema?: V1Schema }>>;
}

function readOperations(): readonly V1Operation[] {
  const paths = contract.paths as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const raw = methods[method] as Raw | undefined;
      if (!raw) return [];
      const shared = (methods["parameters"] ?? []) as NonNullable<Raw["parameters"]>;
      const answers = Object.entries(raw.responses).map(([status, response]) => [status, schemaOf(response)] as const);
      const body = raw.requestBody?.content["application/json"]?.schema;
      return {
        id: raw.operationId,
        method: method.toUpperCase() as Method,
        path,
        access: V1_ACCESS[raw.operationId],
        parameters: [...shared, ...(raw.parameters ?? [])].map(resolveParameter),
        ...(body && { body }),
        status: Number(answers.find(([status]) => status.startsWith("2"))?.[0] ?? 200),
        answers: Object.fromEntries(answers),
      };
    }),
  );
}

function resolveParameter(parameter: V1Parameter | { readonly $ref: string }): V1Parameter {
  const found = "$ref" in parameter ? resolve<V1Parameter>(parameter.$ref) : parameter;
  return { ...found, required: found.required ?? false };
}

function schemaOf(response: RawResponse | { readonly $ref: string }): V1Schema | undefined {
  const found = "$ref" in response ? resolve<RawResponse>(response.$ref) : response;
  return (found.content?.["application/json"] ?? found.content?.["application/problem+json"])?.schema;
}

/** What a `#/components/…` reference means. */
function resolve<T>(reference: string): T {
  let at: unknown = contract;
  for (const part of reference.slice(2).split("/")) at = (at as Readonly<Record<string, unknown>>)[part];
  return at as T;
}
