import type { Draft } from "./draft.ts";

/** Marks the dispatch of an instance, if it has one, for stopping once the commit that ends it is known (R4). */
export function kill(draft: Draft, slot: number, reason: string): void {
  const dispatchId = draft.dispatchOf(slot);
  if (dispatchId !== undefined) draft.stops.push({ dispatchId, reason });
}
