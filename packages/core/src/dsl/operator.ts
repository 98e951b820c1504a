import type { Context } from "./context.ts";
import type { Args } from "./handle.ts";

const OPERATOR = Symbol.for("millrace.operator");
declare const result: unique symbol;

/** A task body with its options filled in. `task`, `map`, `sensor`, `branch` and the others take it in place of a function. */
export interface Operator<out T> {
  readonly [OPERATOR]: OperatorCall;
  readonly [result]: T;
}

/** The operator and the options of one use. */
export interface OperatorCall {
  readonly spec: AnyOperatorSpec;
  /** As written in the DAG file: values, handles, refs and templates. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Code that waits outside a worker slot; what it returns becomes `ctx.resumed.event`. Must be repeatable: it may start again elsewhere. */
export type Trigger = (payload: never, ctx: { readonly signal: AbortSignal }) => unknown;

/** What an operator is: one function from typed options to a result, and how people see it. */
export interface OperatorSpec<O extends object, T> {
  /** Shown in the UI and the API, for example `KafkaHealthCheckOperator`. */
  readonly name: string;
  /** Background of its tasks in the graph, `#rrggbb`. */
  readonly color?: string;
  /** Markdown: what it does, what it returns, which errors are permanent, how a retry stays harmless. */
  readonly doc?: string;
  /** Options whose texts are Jinja templates; also inside lists and records. Others are only when wrapped in `template()`. */
  readonly templated?: readonly (keyof O & string)[];
  /**
   * Endings of files, for example `[".sql"]`. A templated option that is a text on one line with such an ending, and no template itself, names a file
   * beside the DAG file or in the DAG's `templateSearchpath`; the file's text is rendered in its place. Inside lists and records `template("a.sql")` does.
   * Files become part of the version. Default none.
   */
  readonly templateExt?: readonly string[];
  /** JSON Schema of the options, checked in the worker after handles, refs and templates are resolved. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** sensor: `run` is a look that returns `false`, `null` or `undefined` for "not yet"; then only `sensor()` takes it. Default task. */
  readonly kind?: "task" | "sensor";
  /** The option that names another DAG, and what the task does with it: drawn by `millrace dags show-dependencies` where it is a plain text. */
  readonly otherDag?: { readonly option: keyof O & string; readonly does: "triggers" | "waitsFor" };
  /** Code triggers that `run` may defer to, by name. */
  readonly triggers?: Readonly<Record<string, Trigger>>;
  /** Called for every try. */
  readonly run: (options: O, ctx: Context) => T | Promise<T>;
}

/** An operator: call it with options to get a body. Every option also accepts a task's result, a variable, a param or a template. */
export interface OperatorFactory<O extends object, T> {
  (options: Args<O>): Operator<T>;
  readonly spec: OperatorSpec<O, T>;
}

/** An operator spec when its option and result types do not matter. */
export type AnyOperatorSpec = OperatorSpec<never, unknown>;

/**
 * Declares an operator. One in a DAG's own file has the same rights as the ones that come with Millrace.
 *
 * @example const greet = operator({ name: "GreetOperator", templated: ["name"], run: ({ name }: { name: string }) => `hello ${name}` });
 */
export function operator<O extends object, T>(spec: OperatorSpec<O, T>): OperatorFactory<O, Awaited<T>> {
  const use = (options: Args<O>): Operator<Awaited<T>> =>
    Object.freeze({ [OPERATOR]: { spec, options } }) as unknown as Operator<Awaited<T>>;
  return Object.assign(use, { spec: spec as OperatorSpec<O, Awaited<T>> });
}

/** The operator and options behind a body, `undefined` for a function. Recognises operators of any copy of the package. */
export function operatorCall(body: unknown): OperatorCall | undefined {
  return typeof body === "object" && body !== null && OPERATOR in body ? (body[OPERATOR] as OperatorCall) : undefined;
}
