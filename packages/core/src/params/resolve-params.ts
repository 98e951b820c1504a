import { MillraceError } from "../errors.ts";
import type { GraphParam } from "../graph/graph.ts";
import { compileParam, findParamFault } from "./validate-param.ts";

type Declared = Readonly<Record<string, GraphParam>>;

/** Where the values of params come from, weakest first. */
export interface ParamSources {
  readonly dag: Declared;
  /** Params of the task; each replaces the DAG's of that name, schema and all. */
  readonly task?: Declared;
  /** What the run was triggered with. Names that nobody declared are taken over unchecked. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** Whether `conf` overrides params, as the configuration says. Default true. */
  readonly confOverrides?: boolean;
}

/**
 * The values of all params of a run or, with `task`, of a task: conf over the task's params over the DAG's.
 *
 * @throws MillraceError BAD_PARAM `Invalid input for param …` naming each param that does not fit, and the rule it breaks.
 */
export function resolveParams(sources: ParamSources): Readonly<Record<string, unknown>> {
  const declared = { ...sources.dag, ...sources.task };
  const conf = sources.confOverrides === false ? {} : (sources.conf ?? {});
  const values = new Map<string, unknown>(Object.entries(conf));
  const faults = new Map<string, string>();
  for (const [name, one] of Object.entries(declared)) {
    const value = values.has(name) ? values.get(name) : one.default;
    const fault = value === undefined ? "no value was given and it has no default" : findParamFault(name, one, value);
    if (fault !== undefined) faults.set(name, fault);
    values.set(name, value);
  }
  if (faults.size > 0) throw invalidInput(faults);
  return Object.fromEntries(values);
}

/**
 * Checks what can be checked when a DAG is defined: every schema, and for a DAG with a schedule, which nobody is there to
 * give values to, every default.
 *
 * @throws MillraceError BAD_PARAM
 */
export function checkParamDefinitions(declared: Declared, options: { readonly isScheduled: boolean }): void {
  for (const [name, one] of Object.entries(declared)) {
    compileParam(name, one);
    if (!options.isScheduled) continue;
    const fault =
      one.default === undefined
        ? "a DAG with a schedule needs a default for every param"
        : findParamFault(name, one, one.default);
    if (fault !== undefined) throw invalidInput(new Map([[name, fault]]));
  }
}

/** A param as version 1 of the REST API shows it. */
export interface ParamDump {
  readonly __class: "airflow.models.param.Param";
  readonly value: unknown;
  readonly description: string | null;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** The shape of a param in the REST API, with its default as value. */
export function dumpParam(declared: GraphParam): ParamDump {
  return {
    __class: "airflow.models.param.Param",
    value: declared.default ?? null,
    description: declared.description ?? null,
    schema: declared.schema,
  };
}

function invalidInput(faults: ReadonlyMap<string, string>): MillraceError {
  const sentences = [...faults].map(([name, fault]) => `Invalid input for param ${name}: ${fault}.`);
  return new MillraceError("BAD_PARAM", sentences.join(" "), { details: { params: [...faults.keys()] } });
}
