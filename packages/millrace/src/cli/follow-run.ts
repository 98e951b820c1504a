import { setTimeout as sleep } from "node:timers/promises";
import type { Queries, RunDetail, TaskState } from "@millrace/core";
import { RunProgress, type InstanceNews } from "./run-progress.ts";
import { paintState, stateSign } from "./output/paint-state.ts";
import { showSpan } from "./output/show-time.ts";
import type { Terminal } from "./terminal.ts";

const LOOK_MS = 150;
/** `listChanges` gives at most so many at once. */
const CHANGES_PER_LOOK = 1_000;

/** What following a run needs. */
export interface FollowTools {
  readonly terminal: Terminal;
  readonly queries: Queries;
  /** Called again and again while the run goes on. */
  readonly onWait?: () => Promise<void>;
}

/** Tells how a run goes until it has ended. @returns the run at its end */
export async function followRun({ terminal, queries, onWait }: FollowTools, runId: number): Promise<RunDetail> {
  const progress = new RunProgress({ terminal, queries, runId });
  let version = 0;
  for (;;) {
    const run = await queries.findRunById(runId);
    if (!run) throw new Error(`run ${runId} is gone`);
    const changes = await queries.listChanges(runId, version);
    version = changes.at(-1)?.version ?? version;
    await progress.tell(changes.flatMap(({ changes: text }) => newsOf(text)));
    if (changes.length < CHANGES_PER_LOOK && (run.state === "success" || run.state === "failed")) {
      terminal.status("");
      return run;
    }
    progress.status(run);
    await onWait?.();
    if (changes.length < CHANGES_PER_LOOK) await sleep(LOOK_MS);
  }
}

/** Says how a run ended, in one line. */
export function sayRunEnd(terminal: Terminal, run: RunDetail): void {
  const paint = terminal.paintTalk;
  const span =
    run.startedAt !== undefined && run.endedAt !== undefined ? ` in ${showSpan(run.endedAt - run.startedAt)}` : "";
  const cause = run.cause && run.state === "failed" ? `: ${run.cause.message}` : "";
  terminal.say(
    `${stateSign(run.state, paint)} ${run.dagId} ${run.runKey} ${paintState(run.state, paint)}${span}${cause}`,
  );
}

function newsOf(text: string): readonly InstanceNews[] {
  const { ti = [] } = JSON.parse(text) as { readonly ti?: readonly (readonly [string, number, TaskState, number])[] };
  return ti.map(([taskId, mapIndex, state]) => ({ taskId, mapIndex, state }));
}
