import { notifications } from "@mantine/notifications";
import { summarisePreviews, type PreviewSummary, type Touches } from "./preview-summary.model.ts";
import { jobsOfPreviews, type SendPart } from "./jobs-of-previews.ts";
import { useJobs, type FailedJob, type Job, type Jobs, type JobsState } from "./use-jobs.ts";
import { usePreviews, type PreviewsWish } from "./use-previews.ts";

/** An action that is previewed and then done. */
export interface ActionWish extends PreviewsWish {
  /** In which runs it is done; default: in all in which anything would happen. */
  readonly touches?: Touches;
  readonly send: SendPart;
  /** What is said when all of it has worked. `runs` were changed. */
  readonly done: (changed: number, runs: number) => string;
  /** After it has worked. */
  readonly onDone: () => void;
}

/** A previewed action and its state. */
export interface Action {
  readonly query: ReturnType<typeof usePreviews>;
  /** Undefined until it is known. */
  readonly summary: PreviewSummary | undefined;
  /** Something would happen, and what is shown is what was asked for. */
  readonly isReady: boolean;
  readonly jobs: Jobs;
  readonly confirm: () => void;
  readonly again: (failed: readonly FailedJob[]) => void;
}

/** Previews an action, does it to every run that it changes, and says what became of it. */
export function useAction(wish: ActionWish): Action {
  const query = usePreviews(wish);
  const jobs = useJobs();
  const summary =
    query.data && !query.data.isTooMany ? summarisePreviews(query.data.previews, wish.touches) : undefined;
  const start = async (list: readonly Job[]): Promise<void> => {
    const state = await jobs.start(list);
    if (state.failed.length > 0 || state.isStopped) {
      sayWhatWorked(state, wish.done);
      return;
    }
    notifications.show({ color: "teal", message: wish.done(state.changed, state.done) });
    wish.onDone();
  };
  return {
    query,
    summary,
    isReady: summary !== undefined && summary.touched.length > 0 && !query.isPlaceholderData,
    jobs,
    confirm: () => {
      if (summary) void start(jobsOfPreviews(summary.touched, wish.send));
    },
    again: (failed) => void start(failed.map(({ job }) => job)),
  };
}

/** The dialog stays open with what failed; what worked is not kept secret. */
function sayWhatWorked({ changed, done }: JobsState, words: ActionWish["done"]): void {
  if (done > 0) notifications.show({ color: "teal", message: words(changed, done) });
}
