import type { Run } from "../model/run.ts";
import type { Draft } from "./draft.ts";

/** Makes a committed draft true in memory. The only mutation of a run; called once per draft, after its commit is known (R2). */
export function apply(run: Run, draft: Draft): void {
  if (draft.run !== run) throw new Error("a draft belongs to the run it was made of");
  for (const [slot, values] of draft.instances) run.write(slot, values);
  if (draft.shape) {
    for (const [task, slots] of draft.shape.mapped) run.mapped.set(task, Int32Array.from(slots));
    for (const [task, slot] of draft.shape.single) {
      run.single[task] = slot;
      if (slot >= 0) run.mapped.delete(task);
    }
    for (const [task, expected] of draft.shape.expected) run.expected[task] = expected;
  }
  Object.assign(run.head, draft.head, { version: run.head.version + 1 });
  if (draft.recount) {
    run.recount();
    return;
  }
  const { deltas } = draft;
  deltas.counts.addTo(run.counts);
  deltas.active.addTo(run.active);
  deltas.done.addTo(run.done);
  deltas.up.addTo(run.up);
  deltas.upTotal.addTo(run.upTotal);
  deltas.sameIndex.addTo(run.sameIndex);
}
