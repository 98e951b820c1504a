import { isTerminal } from "../../model/states.ts";
import type { Draft } from "../draft.ts";

const MAY_START_EARLY: ReadonlySet<string> = new Set(["always", "one_success", "one_failed", "one_done"]);

/** Looks at the instances above one by one. @throws Error when it starts before its inputs have ended though its rule waits for all of them. */
export function refuseEarlyStart(draft: Draft, slot: number): void {
  const { compiled } = draft.run;
  const task = draft.taskOf(slot);
  const { triggerRule, upstream, taskId } = compiled.tasks[task];
  // A try that goes on has started long ago; what is above may have been cleared since.
  if (MAY_START_EARLY.has(triggerRule) || draft.read(slot).tryNumber > 0) return;
  for (const edge of upstream) {
    const isSameIndex = compiled.scope[task] >= 0 && compiled.scope[task] === compiled.scope[edge.task];
    const slots = isSameIndex ? [draft.slotOf(edge.task, draft.mapIndexOf(slot))] : [...draft.slotsOf(edge.task)];
    const open = slots.some((s) => s < 0 || !isTerminal(draft.state(s)));
    if (open || (!isSameIndex && slots.length < draft.expectedOf(edge.task))) {
      throw new Error(
        `${taskId}[${draft.mapIndexOf(slot)}] starts before ${compiled.tasks[edge.task].taskId} has ended`,
      );
    }
  }
}
