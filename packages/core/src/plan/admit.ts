import type { Draft } from "./draft.ts";

/** Hands a ready instance over: a new try, or the same one after a reschedule or deferral. R4: the dispatch starts after the commit. */
export function admit(draft: Draft, slot: number, dispatchId: string): void {
  const before = draft.read(slot);
  const newTry = before.resume === undefined;
  const tryNumber = newTry ? before.tryNumber + 1 : before.tryNumber;
  draft.ready.delete(slot);
  draft.update(
    slot,
    { state: "queued", tryNumber, dispatchId, dueAt: undefined, ...(newTry && { startedAt: undefined }) },
    (key, after) => ({
      kind: "queue",
      ...key,
      tryNumber,
      maxTries: after.maxTries,
      dispatchId,
      newTry: newTry && before.tryNumber > 0,
    }),
  );
}
