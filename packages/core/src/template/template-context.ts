import type { AssetEvent } from "../dsl/context.ts";
import type { Connection } from "../dsl/connection.ts";
import { MICROS, type Micros } from "../model/instant.ts";
import type { RunType } from "../model/states.ts";
import type { Secret } from "../values/secret.ts";
import { callable, namespace, type Missing, type Namespace, type Value } from "./template-value.ts";
import { connections, variables, xcomPull, type XComLookup } from "./context-lookups.ts";
import type { TemplateContext } from "./compile-template.ts";
import { dateTime, formatDateTime, formatOffset } from "./date-time.ts";
import { fromJs } from "./from-js.ts";
import { fn, macros } from "./macros.ts";
import { strftime } from "./strftime.ts";
import { templateFault } from "./template-fault.ts";
import { MAX_ITEMS } from "./budget.ts";

/** The plain facts about a try that templates may use. Instants are microseconds. */
export interface TemplateFacts {
  readonly now: Micros;
  readonly dagId: string;
  readonly runId: string;
  readonly runType: RunType;
  readonly logicalDate: Micros;
  readonly dataInterval: { readonly start: Micros; readonly end: Micros };
  /** Time zone of the DAG. Dates are in UTC all the same, as in Airflow; `dag.timezone` and `.in_timezone(…)` give the other. */
  readonly zone: string;
  readonly runStartAt?: Micros;
  readonly params: Readonly<Record<string, unknown>>;
  /** What the run was triggered with. */
  readonly conf: Readonly<Record<string, unknown>>;
  /** More attributes of `dag` and `task` (`owner`, `tags`, `retries`), as they are to be called. */
  readonly dag?: Readonly<Record<string, unknown>>;
  readonly task?: Readonly<Record<string, unknown>>;
  /** Absent in callbacks of a run. */
  readonly taskInstance?: {
    readonly taskId: string;
    readonly tryNumber: number;
    readonly maxTries: number;
    readonly mapIndex: number;
  };
  /** About the last successful run before this one; absent when there is none. */
  readonly previousSuccess?: {
    readonly logicalDate: Micros;
    readonly dataInterval: { readonly start: Micros; readonly end: Micros };
    readonly startAt?: Micros;
    readonly endAt?: Micros;
  };
  /** Logical dates of the scheduled runs before and after, for the deprecated `prev_ds` and `next_ds`. */
  readonly previousLogicalDate?: Micros;
  readonly nextLogicalDate?: Micros;
  /** URIs of assets. */
  readonly inlets?: readonly string[];
  readonly outlets?: readonly string[];
  readonly triggeringEvents?: readonly AssetEvent[];
  /** Updates of the inlets, oldest first; when `referencedNames` said that they are used. */
  readonly inletEvents?: readonly AssetEvent[];
  /** What the task has attached to its outlets so far, by URI. */
  readonly outletExtras?: Readonly<Record<string, unknown>>;
  /** Of what `referencedNames` listed; `undefined` when there is none of that name. */
  readonly variable: (key: string) => string | Secret | undefined;
  readonly connection: (id: string) => Connection | undefined;
  readonly xcom?: XComLookup;
  /** The configuration, for `conf.get("section", "key")`. Default: nothing. */
  readonly configuration?: TemplateConfiguration;
  readonly expandedCount?: number;
  readonly mapIndexTemplate?: string;
  /** Why the try failed, in callbacks. */
  readonly exception?: string;
  readonly isTest?: boolean;
  /** Elements of a mapped instance by name; they come before all other names. */
  readonly item?: Readonly<Record<string, unknown>>;
  /** Between 0 and 1, for `macros.random()` and `macros.uuid`. Default `Math.random`. */
  readonly random?: () => number;
}

/** Settings that templates may read, by `section.key`, as texts, and the names of those that they may not. */
export interface TemplateConfiguration {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

type Entry = () => Value | Missing;

/** The names that templates of a try may use: those of Airflow 2, the deprecated ones too. Values are made when first used. */
export function templateContext(facts: TemplateFacts): TemplateContext {
  const entries = new Map<string, Entry>([
    ...Object.entries({
      ...dateEntries(facts),
      ...deprecatedEntries(facts),
      ...runEntries(facts),
      ...lookupEntries(facts),
    }),
    ...Object.entries(facts.item ?? {}).map(([name, value]): [string, Entry] => [name, () => fromJs(value, name)]),
  ]);
  const made = new Map<string, Value | Missing>();
  const find = (name: string): Value | Missing | undefined => {
    if (made.has(name)) return made.get(name);
    const value = entries.get(name)?.();
    if (value !== undefined) made.set(name, value);
    return value;
  };
  return { find, names: () => entries.keys() };
}

const time = (at: Micros | undefined): Value => (at === undefined ? null : dateTime(at, "UTC"));
const day = (at: Micros | undefined, format = "%Y-%m-%d"): Value =>
  at === undefined ? null : strftime(dateTime(at, "UTC"), format);

function dateEntries(facts: TemplateFacts): Record<string, Entry> {
  const { logicalDate, dataInterval, previousSuccess } = facts;
  return {
    logical_date: () => time(logicalDate),
    data_interval_start: () => time(dataInterval.start),
    data_interval_end: () => time(dataInterval.end),
    ds: () => day(logicalDate),
    ds_nodash: () => day(logicalDate, "%Y%m%d"),
    ts: () => formatDateTime(dateTime(logicalDate, "UTC")),
    ts_nodash: () => day(logicalDate, "%Y%m%dT%H%M%S"),
    ts_nodash_with_tz: () => {
      const naive = formatDateTime(dateTime(logicalDate, undefined)).replace(/[-:]/g, "");
      return naive + formatOffset(dateTime(logicalDate, "UTC"), "");
    },
    prev_data_interval_start_success: () => time(previousSuccess?.dataInterval.start),
    prev_data_interval_end_success: () => time(previousSuccess?.dataInterval.end),
    prev_start_date_success: () => time(previousSuccess?.startAt),
    prev_end_date_success: () => time(previousSuccess?.endAt),
  };
}

function deprecatedEntries(facts: TemplateFacts): Record<string, Entry> {
  const { logicalDate, previousLogicalDate: previous, nextLogicalDate: next } = facts;
  const [yesterday, tomorrow] = [logicalDate - MICROS.d, logicalDate + MICROS.d];
  const nodash = "%Y%m%d";
  return {
    execution_date: () => time(logicalDate),
    next_execution_date: () => time(next),
    next_ds: () => day(next),
    next_ds_nodash: () => day(next, nodash),
    prev_execution_date: () => time(previous),
    prev_ds: () => day(previous),
    prev_ds_nodash: () => day(previous, nodash),
    prev_execution_date_success: () => time(facts.previousSuccess?.logicalDate),
    yesterday_ds: () => day(yesterday),
    yesterday_ds_nodash: () => day(yesterday, nodash),
    tomorrow_ds: () => day(tomorrow),
    tomorrow_ds_nodash: () => day(tomorrow, nodash),
  };
}

function runEntries(facts: TemplateFacts): Record<string, Entry> {
  const instance = taskInstance(facts);
  const events = facts.triggeringEvents ?? [];
  const taskId = facts.taskInstance?.taskId ?? null;
  return {
    dag: () => record("dag", { ...facts.dag, dag_id: facts.dagId, timezone: facts.zone }),
    dag_run: () => dagRun(facts),
    run_id: () => facts.runId,
    task: () => (taskId === null ? null : record("task", { ...facts.task, task_id: taskId, dag_id: facts.dagId })),
    ti: instance,
    task_instance: instance,
    task_instance_key_str: () =>
      taskId === null ? null : `${facts.dagId}__${taskId}__${strftime(dateTime(facts.logicalDate, "UTC"), "%Y%m%d")}`,
    params: () => fromJs(facts.params, "params"),
    inlets: () => [...(facts.inlets ?? [])],
    outlets: () => [...(facts.outlets ?? [])],
    inlet_events: () => new Map([...noEvents(facts.inlets), ...eventsByUri(facts.inletEvents ?? [])]),
    outlet_events: () => outletEvents(facts),
    triggering_dataset_events: () => eventsByUri(events),
    triggering_asset_events: () => eventsByUri(events),
    test_mode: () => facts.isTest ?? false,
    expanded_ti_count: () => facts.expandedCount ?? null,
    map_index_template: () => facts.mapIndexTemplate ?? null,
    exception: () => facts.exception ?? null,
    macros: () => macros({ now: facts.now, random: facts.random ?? Math.random }),
    range: () => callable("range", range),
    dict: () => callable("dict", ({ named }) => new Map<Value, Value>(named)),
  };
}

function lookupEntries(facts: TemplateFacts): Record<string, Entry> {
  return {
    var: () => namespace("var", { value: variables(facts.variable, "value"), json: variables(facts.variable, "json") }),
    conn: () => connections(facts.connection),
    conf: () =>
      namespace("conf", {
        get: fn("get", ["section", "key", "fallback"], (read) => {
          const name = settingName(read.text("section"), read.text("key"));
          const { values = {}, secrets = [] } = facts.configuration ?? {};
          if (secrets.includes(name)) throw templateFault(`the setting ${name} is secret; templates cannot read it`);
          const value = Object.hasOwn(values, name) ? values[name] : read.find("fallback");
          if (value === undefined)
            throw templateFault(
              `the configuration has no value ${name} for templates; what a run was triggered with is dag_run.conf`,
            );
          return value;
        }),
      }),
  };
}

/** Airflow writes `max_map_length` for what is `maxMapLength` here. */
function settingName(section: string, key: string): string {
  return `${section}.${key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
}

function taskInstance(facts: TemplateFacts): Entry {
  const { taskInstance: instance } = facts;
  if (instance === undefined) return () => null;
  return () =>
    namespace("ti", {
      dag_id: facts.dagId,
      run_id: facts.runId,
      task_id: instance.taskId,
      try_number: instance.tryNumber,
      max_tries: instance.maxTries,
      map_index: instance.mapIndex,
      logical_date: () => time(facts.logicalDate),
      execution_date: () => time(facts.logicalDate),
      xcom_pull: xcomPull(facts.xcom),
    });
}

function dagRun(facts: TemplateFacts): Namespace {
  return namespace("dag_run", {
    dag_id: facts.dagId,
    run_id: facts.runId,
    run_type: facts.runType,
    external_trigger: facts.runType === "manual",
    logical_date: () => time(facts.logicalDate),
    execution_date: () => time(facts.logicalDate),
    data_interval_start: () => time(facts.dataInterval.start),
    data_interval_end: () => time(facts.dataInterval.end),
    start_date: () => time(facts.runStartAt),
    conf: () => fromJs(facts.conf, "dag_run.conf"),
  });
}

function record(name: string, attributes: Readonly<Record<string, unknown>>): Namespace {
  return namespace(
    name,
    Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, () => fromJs(value, `${name}.${key}`)])),
  );
}

function noEvents(uris: readonly string[] = []): readonly (readonly [string, Value])[] {
  return uris.map((uri) => [uri, []]);
}

function outletEvents({ outlets = [], outletExtras = {} }: TemplateFacts): Value {
  return new Map(
    outlets.map((uri): [string, Value] => [uri, record("event", { uri, extra: outletExtras[uri] ?? {} })]),
  );
}

function eventsByUri(events: readonly AssetEvent[]): ReadonlyMap<Value, Value> {
  const byUri = Map.groupBy(events, ({ uri }) => uri);
  return new Map([...byUri].map(([uri, list]): [string, Value] => [uri, list.map(eventRecord)]));
}

function eventRecord(event: AssetEvent): Namespace {
  return record("event", {
    uri: event.uri,
    timestamp: event.at,
    extra: event.extra,
    source_dag_id: event.dagId,
    source_run_id: event.runId,
    source_task_id: event.taskId,
  });
}

function range({ positional, budget }: Parameters<Parameters<typeof callable>[1]>[0]): Value {
  const bounds = positional.map((bound) => {
    if (typeof bound !== "number" || !Number.isInteger(bound)) throw templateFault("range() wants whole numbers");
    return bound;
  });
  if (bounds.length < 1 || bounds.length > 3) throw templateFault("range() wants 1 to 3 numbers");
  const [start, stop] = bounds.length === 1 ? [0, bounds[0]] : [bounds[0], bounds[1]];
  const step = bounds[2] ?? 1;
  if (step === 0) throw templateFault("the step of range() cannot be 0");
  const count = Math.max(0, Math.ceil((stop - start) / step));
  budget.spendItems(Math.min(count, MAX_ITEMS + 1));
  return Array.from({ length: count }, (_, i) => start + i * step);
}
