import { getRun, listRuns, previewCommand, type AnswerOf } from "@millrace/api";
import type { Command } from "./command.ts";
import { client } from "../../server/client.ts";
import { hasEnded, type RunPart, type RunTarget, type Selector } from "./action-targets.model.ts";
import type { RunPreview } from "./preview-summary.model.ts";
import { runAtMost } from "./run-at-most.ts";

/** Runs that one action takes at most: each is previewed and changed by a request of its own. */
export const MOST_RUNS = 500;
const AT_ONCE = 4;
/** Instances that are listed of a run; how many there are is counted exactly. */
const LISTED = 200;
/** Where several selectors may mean the same instances all of them must be known, so that each counts once. */
const ALL = 1_000_000;
const PAGE = 250;

/** Makes the command for a part of a run. */
export type CommandOf = (runKey: string, selector: Selector) => Command;

/** Asks the server what would happen in each run. A refusal is an answer, too. @throws MillraceError when the server is away */
export async function readPreviews(
  parts: readonly RunPart[],
  commandOf: CommandOf,
  signal: AbortSignal,
): Promise<readonly RunPreview[]> {
  return await runAtMost(AT_ONCE, parts, async (part) => await readPreview(part, commandOf, signal), signal);
}

async function readPreview(
  { run, selectors }: RunPart,
  commandOf: CommandOf,
  signal: AbortSignal,
): Promise<RunPreview> {
  try {
    // Its version is read first: a change that comes between is then noticed, not overlooked.
    const { state, changeVersion } = await client.call(getRun, { params: { runId: run.runId } }, { signal });
    const previews: RunPreview["previews"][number][] = [];
    const limit = selectors.length > 1 ? ALL : LISTED;
    for (const selector of selectors)
      previews.push(
        await client.call(
          previewCommand,
          { params: { dagId: run.dagId }, body: { command: commandOf(run.runKey, selector), limit } },
          { signal },
        ),
      );
    return { run: { ...run, state }, selectors, previews, ...(hasEnded(state) && { changeVersion }) };
  } catch (error) {
    signal.throwIfAborted();
    return { run, selectors, previews: [], error };
  }
}

/** Runs of the same DAG before or after a run, nearest first. @returns undefined when there are more than {@link MOST_RUNS} */
export async function readNeighbours(
  run: RunTarget,
  way: "past" | "future",
  signal: AbortSignal,
): Promise<readonly RunTarget[] | undefined> {
  const bound = way === "past" ? { logicalDateTo: run.logicalDate } : { logicalDateFrom: run.logicalDate };
  const found: RunTarget[] = [];
  for (let after: string | undefined; ;) {
    const page: AnswerOf<typeof listRuns> = await client.call(
      listRuns,
      { query: { dagId: run.dagId, ...bound, limit: PAGE, ...(after !== undefined && { after }) } },
      { signal },
    );
    found.push(...page.items.filter(({ runId }) => runId !== run.runId));
    if (found.length > MOST_RUNS) return undefined;
    if (page.next === undefined) return found;
    after = page.next;
  }
}
