import { OUTCOMES, type Run } from "../model/run.ts";
import type { Draft } from "./draft.ts";

/** Makes a committed draft true in memory. The only mutation of a run; called once per draft, after its commit is known (R2). */
export function apply(run: Run, draft: Draft): void {
  if (draft.run !== run) throw new Error("a draft belongs to the run it was made of");
  for (const [slot, values] of draft.instances) run.write(slot, values);
  for (const [task, slots] of draft.mapped) run.mapped.set(task, Int32Array.from(slots));
  for (const [task, slot] of draft.single) {
    run.single[task] = slot;
    if (slot >= 0) run.mapped.delete(task);
  }
  for (const [task, expected] of draft.expected) run.expected[task] = expected;
  Object.assign(run.head, draft.head, { version: run.head.version + 1 });
  if (draft.recount) {
    run.recount();
    return;
  }
  draft.stateDeltas.forEach((delta, code) => (run.counts[code] += delta));
  for (const [task, delta] of draft.activeDeltas) run.active[task] += delta;
  const { done, up, sameIndex, upTotal } = draft.counterDeltas;
  for (const [at, delta] of done) run.done[at] += delta;
  for (const [at, delta] of up) run.up[at] += delta;
  for (const [task, delta] of upTotal) run.upTotal[task] += delta;
  for (const [at, delta] of sameIndex) if (at < run.length * OUTCOMES) run.sameIndex[at] += delta;
}
