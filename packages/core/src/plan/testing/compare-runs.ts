import { expect } from "vitest";
import { OUTCOMES, type Run } from "../../model/run.ts";
import { TASK_STATES } from "../../model/states.ts";

/** Everything of a run as text: two calls agree when nothing was changed between them. */
export function snapshot(run: Run): string {
  const arrays = [
    run.task,
    run.mapIndex,
    run.state,
    run.tryNumber,
    run.maxTries,
    run.restarts,
    run.single,
    run.expected,
    run.done,
    run.up,
    run.upTotal,
    run.sameIndex,
    run.counts,
    run.active,
  ];
  const maps = [
    run.dispatchId,
    run.startedAt,
    run.firstStartedAt,
    run.dueAt,
    run.resultLength,
    run.choice,
    run.resume,
    run.mapped,
  ];
  return JSON.stringify([
    run.head,
    run.length,
    arrays.map((array) => array.join()),
    maps.map((map) => [...map.entries()]),
  ]);
}

/**
 * Compares a run that had drafts applied with the same run rebuilt from its rows: instances, shape, and every counter. Slots differ, so
 * instances are compared by key.
 *
 * @throws when they disagree.
 */
export function compareRuns(run: Run, loaded: Run): void {
  expect(loaded.head).toEqual(run.head);
  expect(view(loaded)).toEqual(view(run));
}

function view(run: Run): unknown {
  const instances: Record<string, unknown> = {};
  run.compiled.tasks.forEach(({ taskId }, task) => {
    for (const slot of run.slotsOf(task)) {
      const { task: _task, ...values } = run.instance(slot);
      const own =
        run.compiled.sameIndexUpstream[task] > 0
          ? [...run.sameIndex.subarray(slot * OUTCOMES, (slot + 1) * OUTCOMES)]
          : [];
      instances[`${taskId}[${values.mapIndex}]`] = { ...values, own };
    }
  });
  const counts = Object.fromEntries(TASK_STATES.map((state, code) => [state, run.counts[code]]));
  return {
    instances,
    counts,
    expected: [...run.expected],
    done: [...run.done],
    up: [...run.up],
    upTotal: [...run.upTotal],
    active: [...run.active],
  };
}
