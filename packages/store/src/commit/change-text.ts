import type { Cause, InstanceChange, RunChanges } from "@millrace/core";
import { cleanText } from "./text-rules.ts";

/**
 * What `run_change.changes` keeps of a change, for the event stream, the audit and tests: `{"run": {…}, "ti": [[task, map index, state, try], …], "new": n}`.
 * `run` has the changed fields; at version 1 also `dagId`, `runKey` and `runType`. `new` counts instances that were created without a state.
 * A deleted instance has the state null.
 */
export function changeText(changes: RunChanges): string {
  const text: { run?: object; ti?: unknown[]; new?: number } = {};
  if (changes.created !== undefined) {
    const { dagId, runKey, runType, dagVersion } = changes.created;
    text.run = { dagId, runKey, runType, dagVersion, ...cleanRun(changes) };
  } else if (!isEmpty(changes.run)) text.run = cleanRun(changes);
  let created = 0;
  const instances: unknown[] = [];
  for (const change of changes.instances) {
    if (change.kind === "insert" && change.state === "none") created++;
    else instances.push([change.taskId, change.mapIndex, stateAfter(change), tryAfter(change)]);
  }
  if (instances.length > 0) text.ti = instances;
  if (created > 0) text.new = created;
  return JSON.stringify(text);
}

/** Counts per state as `run_change.counts` has them: `0,0,1,2`, zeros at the end left out. */
export function countsText(counts: readonly number[]): string {
  let length = counts.length;
  while (length > 0 && counts[length - 1] === 0) length--;
  return counts.slice(0, length).join();
}

/** A cause as rows keep it: JSON whose strings every JSON function of the database can read. */
export function causeText(cause: Cause): string {
  const { code, message, stack } = cause;
  return JSON.stringify({
    code: cleanText(code),
    message: cleanText(message),
    ...(stack !== undefined && { stack: cleanText(stack) }),
  });
}

function cleanRun({ run }: RunChanges): object {
  if (run.cause === undefined || run.cause === null) return run;
  return { ...run, cause: { code: cleanText(run.cause.code), message: cleanText(run.cause.message) } };
}

/** True for an object without fields: most commits change nothing of the run itself. */
export function isEmpty(patch: object): boolean {
  for (const _key in patch) return false;
  return true;
}

function stateAfter(change: InstanceChange): string | null {
  switch (change.kind) {
    case "queue":
      return "queued";
    case "start":
      return change.waits ? "deferred" : "running";
    case "delete":
      return null;
    case "insert":
    case "end":
    case "set":
      return change.state;
    default:
      throw new Error(`unreachable: ${JSON.stringify(change satisfies never)}`);
  }
}

function tryAfter(change: InstanceChange): number | undefined {
  return "tryNumber" in change ? change.tryNumber : undefined;
}
