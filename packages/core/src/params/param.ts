import { MillraceError } from "../errors.ts";
import type { GraphParam } from "../graph/graph.ts";
import { encodeValue } from "../values/encode-value.ts";

// Registered, so that a param made by another copy of the package is recognised.
const PARAM = Symbol.for("millrace.param");
declare const value: unique symbol;

type JsonType = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

/** JSON Schema (draft 2020-12) of a param and how people see it. Keywords beyond these are passed on to the schema as they are. */
export interface ParamOptions {
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  /** For example `date`, `date-time`, `time`, `email`, `uri`, `uuid`. */
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly items?: object;
  readonly properties?: object;
  readonly required?: readonly string[];
  readonly title?: string;
  readonly description?: string;
  /** Heading under which the trigger form shows the param. */
  readonly section?: string;
  readonly examples?: readonly unknown[];
  /** Value → what the trigger form shows for it. */
  readonly valuesDisplay?: Readonly<Record<string, string>>;
  readonly [keyword: string]: unknown;
}

/** A declared param with a value of type `T`. */
export interface Param<out T> {
  readonly [PARAM]: GraphParam;
  readonly [value]: T;
}

/** The values of declared params: of `param(…)` its type, of a bare default its type without the literal (`5` → `number`). */
export type ParamValues<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : Widen<P[K]> };

type Widen<V> = V extends string
  ? string
  : V extends number
    ? number
    : V extends boolean
      ? boolean
      : V extends null
        ? unknown
        : V extends readonly (infer E)[]
          ? readonly Widen<E>[]
          : V extends object
            ? { readonly [K in keyof V]: Widen<V[K]> }
            : V;

interface TypeOf {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly object: Readonly<Record<string, unknown>>;
  readonly array: readonly unknown[];
  readonly null: null;
}

/** What the options allow: `enum`, else `const`, else `type`, else the type of the default. */
type ParamValue<D, O> = O extends { readonly enum: readonly (infer E)[] }
  ? E
  : O extends { readonly const: infer C }
    ? C
    : O extends { readonly type: infer T extends JsonType }
      ? TypeOf[T]
      : O extends { readonly type: readonly (infer T extends JsonType)[] }
        ? TypeOf[T]
        : D extends undefined
          ? unknown
          : Widen<D>;

/**
 * Declares a param with a JSON Schema: `param(10, { type: "integer", minimum: 1 })`.
 *
 * @param defaultValue JSON. `undefined` makes the param required: only a DAG without a schedule may have such a param.
 */
export function param<const D, const O extends ParamOptions = Record<never, never>>(
  defaultValue: D,
  options?: O,
): Param<ParamValue<D, O>> {
  const { description, valuesDisplay, ...schema } = (options ?? {}) as ParamOptions;
  const declared: GraphParam = {
    ...(defaultValue !== undefined && { default: defaultValue }),
    ...(description !== undefined && { description }),
    // The trigger forms of Airflow's API users read this spelling.
    schema: valuesDisplay === undefined ? schema : { ...schema, values_display: valuesDisplay },
  };
  return Object.freeze({ [PARAM]: declared }) as unknown as Param<ParamValue<D, O>>;
}

/** True for what {@link param} returns. */
export function isParam(candidate: unknown): candidate is Param<unknown> {
  return typeof candidate === "object" && candidate !== null && PARAM in candidate;
}

/**
 * Declared params as the graph keeps them. A bare default is boxed with a schema of its JSON type, so that what
 * {@link ParamValues} promises to the compiler is also checked at run time; a bare `null` allows anything.
 *
 * @throws MillraceError BAD_PARAM when a default is not plain JSON.
 */
export function declareParams(declared: Readonly<Record<string, unknown>>): Readonly<Record<string, GraphParam>> {
  return Object.fromEntries(Object.entries(declared).map(([name, given]) => [name, declareOne(name, given)]));
}

function declareOne(name: string, given: unknown): GraphParam {
  const boxed = isParam(given)
    ? given[PARAM]
    : { ...(given !== undefined && { default: given }), schema: schemaOf(given) };
  if (boxed.default !== undefined && !isPlainJson(boxed.default)) {
    throw new MillraceError(
      "BAD_PARAM",
      `The default of param ${name} is not plain JSON. Write a date as text, a Map as an object.`,
      { details: { param: name } },
    );
  }
  return boxed;
}

function isPlainJson(given: unknown): boolean {
  try {
    return encodeValue(given).meta === undefined;
  } catch {
    // What cannot be stored at all is not JSON either; the caller says so in the words of params.
    return false;
  }
}

function schemaOf(given: unknown): Readonly<Record<string, unknown>> {
  if (given === null || given === undefined) return {};
  if (Array.isArray(given)) return { type: "array" };
  const type = typeof given;
  return type === "string" || type === "number" || type === "boolean" || type === "object" ? { type } : {};
}
