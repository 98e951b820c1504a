import { type Place } from "./build-error.ts";
import { CHECKS, checkOptions, oneOf, type Check } from "./check-options.ts";
import type { AnyTaskOptions, Declaration } from "./declaration.ts";
import type { Defaults } from "./options.ts";

const DEFAULTS: Readonly<Record<keyof Defaults, Check>> = {
  owner: CHECKS.text,
  retries: CHECKS.atLeast0,
  retryDelay: CHECKS.duration,
  exponentialBackoff: CHECKS.flag,
  maxRetryDelay: CHECKS.duration,
  executionTimeout: CHECKS.duration,
  dependsOnPast: CHECKS.flag,
  waitForDownstream: CHECKS.flag,
  waitForPastBeforeSkipping: CHECKS.flag,
  triggerRule: CHECKS.rule,
  pool: CHECKS.name,
  poolSlots: CHECKS.atLeast1,
  priorityWeight: CHECKS.whole,
  weightRule: oneOf("downstream", "upstream", "absolute"),
  queue: CHECKS.name,
  maxActivePerDag: CHECKS.atLeast1,
  maxActivePerRun: CHECKS.atLeast1,
  start: CHECKS.text,
  end: CHECKS.text,
  isolation: oneOf("shared", "process"),
  singleAttempt: CHECKS.flag,
  deadline: CHECKS.duration,
  pushResult: CHECKS.flag,
  onExecute: CHECKS.callbacks,
  onSuccess: CHECKS.callbacks,
  onFailure: CHECKS.callbacks,
  onRetry: CHECKS.callbacks,
  onSkip: CHECKS.callbacks,
};

const TASK: Readonly<Record<string, Check>> = {
  ...DEFAULTS,
  after: CHECKS.list,
  input: CHECKS.record,
  displayName: CHECKS.text,
  doc: CHECKS.text,
  inlets: CHECKS.list,
  outlets: CHECKS.list,
  connections: CHECKS.list,
  variables: CHECKS.list,
  params: CHECKS.record,
  runIf: CHECKS.code,
  skipIf: CHECKS.code,
  preExecute: CHECKS.code,
  postExecute: CHECKS.code,
  triggers: CHECKS.record,
};

/** Options by verb; verbs that are not listed have those of `task`. */
const BY_VERB: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  map: { ...TASK, each: CHECKS.record, mapName: CHECKS.text },
  sensor: {
    ...TASK,
    every: CHECKS.duration,
    timeout: CHECKS.duration,
    mode: oneOf("poke", "reschedule", "defer"),
    softFail: CHECKS.flag,
    neverFail: CHECKS.flag,
    silentFail: CHECKS.flag,
    backoff: CHECKS.flag,
    maxWait: CHECKS.duration,
  },
  shortCircuit: { ...TASK, respectTriggerRules: CHECKS.flag },
  teardown: { ...without(TASK, "triggerRule"), setups: CHECKS.list, onFailureFailRun: CHECKS.flag },
  latestOnly: without(TASK, "input"),
  empty: without(TASK, "input", "runIf", "skipIf", "preExecute", "postExecute"),
};

/** Checks what a verb was given. @throws MillraceError BAD_DAG */
export function checkTaskOptions(verb: string, options: object, place: Place): void {
  checkOptions(options, BY_VERB[verb] ?? TASK, place);
}

/** Checks the `defaults` of a DAG or group. @throws MillraceError BAD_DAG */
export function checkDefaults(defaults: object, place: Place): void {
  checkOptions(defaults, DEFAULTS, place);
}

/** Own options over those of the inner group, the outer groups and the DAG. An option that is `undefined` counts as not given. */
export function withDefaults(declaration: Declaration, group: number | undefined, own: AnyTaskOptions): AnyTaskOptions {
  const layers: object[] = [own];
  for (let at = group; at !== undefined; at = declaration.groups[at].parent)
    layers.push(declaration.groups[at].defaults);
  layers.push(declaration.options.defaults ?? {});
  return Object.assign({}, ...layers.toReversed().map(given)) as AnyTaskOptions;
}

function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function without(
  checks: Readonly<Record<string, Check>>,
  ...names: readonly string[]
): Readonly<Record<string, Check>> {
  return Object.fromEntries(Object.entries(checks).filter(([key]) => !names.includes(key)));
}
