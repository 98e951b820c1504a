import { badDag, reading, type Place } from "../dsl/build-error.ts";
import { collectTaskCallbacks } from "../dsl/collect-bodies.ts";
import type { AnyTaskOptions, Declaration, DeclaredTask, Edges } from "../dsl/declaration.ts";
import { operatorCall, type OperatorCall } from "../dsl/operator.ts";
import { findSources } from "../dsl/walk-values.ts";
import type { Asset } from "../dsl/asset.ts";
import { declareParams } from "../params/param.ts";
import { isTemplate } from "../template/compile-template.ts";
import type { GraphEdge, GraphSensor, GraphTask, TaskCallback } from "./graph.ts";
import { durationOf, instantOf, known } from "./option-values.ts";

const DEFAULT_RETRY_DELAY = "5m";
const DEFAULT_SENSOR_EVERY = "60s";

/** What is computed over all tasks together. */
interface Derived {
  readonly setups: readonly number[];
  readonly priority: number;
  readonly zone: string;
}

/** One task as data, with every default filled in but the retries, which a system may have its own default for. @throws MillraceError BAD_DAG */
export function serializeTask(declaration: Declaration, task: DeclaredTask, derived: Derived): GraphTask {
  const place: Place = { dagId: declaration.dagId, taskId: task.taskId, site: task.site };
  checkTogether(task, place);
  return known({
    ...identityOf(task),
    upstream: serializeEdges(task.edges),
    ...timesOf(task.options, place, derived.zone),
    ...limitsOf(task.options),
    priority: derived.priority,
    triggerRule: task.role === "teardown" ? "all_done_setup_success" : (task.options.triggerRule ?? "all_success"),
    setup: task.role === "setup" || undefined,
    teardown: task.role === "teardown" || undefined,
    setups: derived.setups.length > 0 ? derived.setups : undefined,
    onFailureFailRun: task.role === "teardown" ? (task.options.onFailureFailRun ?? false) : undefined,
    inputs: task.inputs,
    each: task.each && { mode: task.each.mode, sources: task.each.sources },
    sensor: task.kind === "sensor" ? serializeSensor(task.options, place) : undefined,
    params: task.options.params && reading(place, "params", () => declareParams(task.options.params ?? {})),
  }) as GraphTask;
}

function identityOf(task: DeclaredTask): Partial<GraphTask> {
  const { options } = task;
  const call = operatorCall(task.body);
  const spec = call?.spec;
  const callbacks = collectTaskCallbacks(task);
  return {
    taskId: task.taskId,
    displayName: options.displayName,
    group: task.group,
    operator: spec?.name ?? task.operatorName,
    color: spec?.color,
    otherDag: call && otherDagOf(call),
    owner: options.owner ?? "airflow",
    docMd: options.doc ?? spec?.doc,
    kind: task.kind,
    respectTriggerRules: task.kind === "shortCircuit" ? (options.respectTriggerRules ?? false) : undefined,
    mapName: options.mapName,
    inlets: urisOf(options.inlets),
    outlets: urisOf(options.outlets),
    ...secretsOf(task),
    callbacks: (Object.keys(callbacks) as TaskCallback[]).filter((event) => callbacks[event].length > 0),
    templated: [...(spec?.templated ?? [])],
    pushesResult: options.pushResult ?? true,
  };
}

function otherDagOf({ spec, options }: OperatorCall): GraphTask["otherDag"] {
  const said = spec.otherDag;
  const dagId = said && options[said.option];
  return said && typeof dagId === "string" && !isTemplate(dagId) ? { dagId, does: said.does } : undefined;
}

function timesOf(options: AnyTaskOptions, place: Place, zone: string): Partial<GraphTask> {
  return {
    // A task that is never started twice cannot be retried, whatever the defaults of its DAG say.
    retries: options.singleAttempt ? 0 : options.retries,
    retryDelayMicros: durationOf(place, "retryDelay", options.retryDelay ?? DEFAULT_RETRY_DELAY),
    exponentialBackoff: options.exponentialBackoff ?? false,
    maxRetryDelayMicros: durationOf(place, "maxRetryDelay", options.maxRetryDelay),
    executionTimeoutMicros: durationOf(place, "executionTimeout", options.executionTimeout),
    deadlineMicros: durationOf(place, "deadline", options.deadline),
    start: instantOf(place, { name: "start", text: options.start }, zone),
    end: instantOf(place, { name: "end", text: options.end }, zone),
  };
}

function limitsOf(options: AnyTaskOptions): Partial<GraphTask> {
  const waitForDownstream = options.waitForDownstream ?? false;
  return {
    dependsOnPast: waitForDownstream || (options.dependsOnPast ?? false),
    waitForDownstream,
    waitForPastBeforeSkipping: options.waitForPastBeforeSkipping || undefined,
    pool: options.pool ?? "default_pool",
    poolSlots: options.poolSlots ?? 1,
    priorityWeight: options.priorityWeight ?? 1,
    weightRule: options.weightRule ?? "downstream",
    queue: options.queue ?? "default",
    maxActivePerDag: options.maxActivePerDag,
    maxActivePerRun: options.maxActivePerRun,
    isolation: options.singleAttempt ? "process" : (options.isolation ?? "shared"),
    singleAttempt: options.singleAttempt ?? false,
  };
}

function serializeSensor(options: AnyTaskOptions, place: Place): GraphSensor {
  if (options.timeout === undefined) throw badDag(place, 'a sensor needs a timeout, for example timeout: "6h"');
  if (options.softFail && options.neverFail)
    throw badDag(
      place,
      "softFail and neverFail exclude each other: neverFail skips also after errors that softFail retries",
    );
  return known({
    mode: options.mode ?? "poke",
    everyMicros: durationOf(place, "every", options.every ?? DEFAULT_SENSOR_EVERY),
    timeoutMicros: durationOf(place, "timeout", options.timeout),
    softFail: options.softFail ?? false,
    neverFail: options.neverFail || undefined,
    silentFail: options.silentFail || undefined,
    exponentialBackoff: options.backoff ?? false,
    maxWaitMicros: durationOf(place, "maxWait", options.maxWait),
  });
}

function serializeEdges(edges: Edges): readonly GraphEdge[] {
  return [...edges]
    .sort(([a], [b]) => a - b)
    .map(([task, { via, choices }]) => ({ task, via, ...(choices && { choices }) }));
}

/** What is declared, and what refs in its options or input name. Names in templates are computed in the worker: those are declared. */
function secretsOf({ options, body }: DeclaredTask): Pick<Partial<GraphTask>, "connections" | "variables"> {
  const call = operatorCall(body);
  const refs = findSources(call?.options ?? options.input ?? {}, "all").flatMap((found) =>
    "ref" in found ? [found.ref] : [],
  );
  const connections = refs.flatMap((ref) => (ref.kind === "connection" ? [ref.id] : []));
  const variables = refs.flatMap((ref) => (ref.kind === "variable" ? [ref.key] : []));
  const all = (declared: readonly string[] = [], named: readonly string[]): readonly string[] | undefined => {
    const names = [...new Set([...declared, ...named])].sort();
    return names.length > 0 ? names : undefined;
  };
  return { connections: all(options.connections, connections), variables: all(options.variables, variables) };
}

function urisOf(assets: readonly Asset[] | undefined): readonly string[] {
  return [...new Set(assets?.map((asset) => asset.uri))];
}

function checkTogether(task: DeclaredTask, place: Place): void {
  const { options, own } = task;
  if (own.singleAttempt && (own.retries ?? 0) > 0)
    throw badDag(place, "singleAttempt means that it never starts twice: remove retries");
  if (own.singleAttempt && own.isolation === "shared")
    throw badDag(place, "singleAttempt never shares a process: remove isolation");
  for (const asset of [...(options.inlets ?? []), ...(options.outlets ?? [])]) {
    if (typeof (asset as Asset | undefined)?.uri !== "string")
      throw badDag(place, 'inlets and outlets take assets: outlets: [asset("s3://bucket/orders")]');
  }
}
