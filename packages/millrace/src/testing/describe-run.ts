import type { DagRunResult, InstanceResult } from "./run-result.ts";
import type { TaskResult } from "./task-result.ts";

const MOST_INSTANCES = 30;
const MOST_LINES = 10;

/** A run for people: its state and a line per task instance, with why those that did not succeed did not. */
export function describeRun(run: DagRunResult): string {
  const head = `${run.dagId} ${run.runId}: ${run.state}${run.reason === undefined ? "" : ` (${run.reason})`}, ${run.elapsedSeconds} s`;
  const rest = run.instances.length - MOST_INSTANCES;
  const lines = run.instances.slice(0, MOST_INSTANCES).map((one) => `  ${describeInstance(one)}`);
  return [head, ...lines, ...(rest > 0 ? [`  … and ${rest} more`] : [])].join("\n");
}

/** A task instance on one line. */
export function describeInstance({ taskId, mapIndex, state, tries, reason }: InstanceResult): string {
  const name = `${taskId}${mapIndex < 0 ? "" : `[${mapIndex}]`}`;
  return `${name}: ${state}${tries > 1 ? ` after ${tries} tries` : ""}${reason === undefined ? "" : `, ${reason}`}`;
}

/** A try for people, with the end of its log. */
export function describeTask({ taskId, mapIndex, state, reason, logs }: TaskResult): string {
  const name = `${taskId}${mapIndex < 0 ? "" : `[${mapIndex}]`}`;
  const lines = logs.slice(-MOST_LINES).map(({ level, message }) => `  ${level.padEnd(5)} ${message}`);
  return [`${name}: ${state}${reason === undefined ? "" : ` (${reason})`}`, ...lines].join("\n");
}
