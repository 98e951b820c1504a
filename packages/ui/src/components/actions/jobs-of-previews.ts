import type { RunPreview } from "./preview-summary.model.ts";
import type { Job } from "./use-jobs.ts";
import type { Selector } from "./action-targets.model.ts";

/** Sends one command about a run. @returns how many task instances it changed */
export type SendPart = (runId: number, selector: Selector, ifMatch: number | undefined) => Promise<number>;

/** What is to be done to the runs that were previewed: as one job for each, which insists on the version that was looked at. */
export function jobsOfPreviews(previews: readonly RunPreview[], send: SendPart): readonly Job[] {
  return previews.map(({ run, selectors, changeVersion }) => ({
    id: String(run.runId),
    name: run.runKey,
    run: async () => {
      let changed = 0;
      let ifMatch = changeVersion;
      for (const selector of selectors) {
        changed += await send(run.runId, selector, ifMatch);
        // The first one has changed the run itself.
        ifMatch = undefined;
      }
      return changed;
    },
  }));
}
