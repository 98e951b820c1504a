import { setTimeout as sleep } from "node:timers/promises";
import type { EngineStore, Graph, Queries, RunDetail, TaskInstanceSummary, TaskState } from "@millrace/core";
import { listInstances } from "./find-things.ts";
import { LiveTree } from "./live/live-tree.ts";
import type { LogFeed } from "./live/log-feed.ts";
import { RunProgress, type InstanceNews } from "./run-progress.ts";
import { paintState, stateSign } from "./output/paint-state.ts";
import { showSpan } from "./output/show-time.ts";
import type { Terminal } from "./terminal.ts";

const LOOK_MS = 150;
/** Reading all instances of a large run is not to be what the database is busy with. */
const REST_PER_READ = 5;
/** `listChanges` gives at most so many at once. */
const CHANGES_PER_LOOK = 1_000;

/** What following a run needs. */
export interface FollowTools {
  readonly terminal: Terminal;
  readonly queries: Queries;
  readonly engine: Pick<EngineStore, "now">;
  /** Of the run's version. */
  readonly graph: Graph;
  /** Prints logs while the run goes on. */
  readonly logs?: LogFeed;
  /** Ends it before the run has ended. */
  readonly signal?: AbortSignal;
  /** A person wants to stop following. */
  readonly onQuit?: () => void;
  /** Called again and again while the run goes on. */
  readonly onWait?: () => Promise<void>;
}

/**
 * Tells how a run goes until it has ended: a person at a terminal sees its tasks as a tree that changes in place, `l` shows logs, `q` stops; elsewhere
 * there is a line for each end of a task instance.
 *
 * @returns the run at its end, `undefined` when `signal` came before.
 */
export async function followRun(tools: FollowTools, runId: number): Promise<RunDetail | undefined> {
  return tools.terminal.screen ? await followLive(tools, runId) : await followPlain(tools, runId);
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

async function followPlain(tools: FollowTools, runId: number): Promise<RunDetail | undefined> {
  const { terminal, queries, logs, signal, onWait } = tools;
  const progress = new RunProgress({ terminal, queries, runId });
  let version = 0;
  while (!signal?.aborted) {
    const run = await getRunById(queries, runId);
    const changes = await queries.listChanges(runId, version);
    version = changes.at(-1)?.version ?? version;
    if (logs?.isOn) await logs.look(await listInstances({ queries }, runId, []));
    await progress.tell(changes.flatMap(({ changes: text }) => newsOf(text)));
    if (changes.length < CHANGES_PER_LOOK && hasEnded(run)) {
      terminal.status("");
      return run;
    }
    progress.status(run);
    await onWait?.();
    if (changes.length < CHANGES_PER_LOOK) await rest(LOOK_MS, signal);
  }
  return undefined;
}

async function followLive(tools: FollowTools, runId: number): Promise<RunDetail | undefined> {
  const { terminal, queries, engine, graph, logs, signal, onQuit, onWait } = tools;
  const keys = (): string =>
    terminal.isInteractive
      ? [...(logs ? [`l ${logs.isOn ? "hides" : "shows"} logs`] : []), ...(onQuit ? ["q stops"] : [])].join(" · ")
      : "";
  const tree = new LiveTree({ terminal, graph, now: await engine.now(), keys });
  const unlisten = terminal.onKey((key) => {
    if (key === "l") logs?.toggle();
    if (key === "q") onQuit?.();
  });
  const order = graph.tasks.map(({ taskId }) => taskId);
  let seen: { readonly version: number; readonly instances: readonly TaskInstanceSummary[] } | undefined;
  try {
    while (!signal?.aborted) {
      const begin = performance.now();
      const run = await getRunById(queries, runId);
      if (seen?.version !== run.changeVersion)
        seen = { version: run.changeVersion, instances: await listInstances({ queries }, runId, order) };
      tree.show(run, seen.instances);
      await logs?.look(seen.instances);
      if (hasEnded(run)) return run;
      await onWait?.();
      await rest(Math.max(LOOK_MS, REST_PER_READ * (performance.now() - begin)), signal);
    }
    return undefined;
  } finally {
    unlisten();
    tree.end();
  }
}

async function getRunById(queries: Queries, runId: number): Promise<RunDetail> {
  const run = await queries.findRunById(runId);
  if (!run) throw new Error(`run ${runId} is gone`);
  return run;
}

function hasEnded({ state }: RunDetail): boolean {
  return state === "success" || state === "failed";
}

async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { ...(signal && { signal }) }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}

function newsOf(text: string): readonly InstanceNews[] {
  const { ti = [] } = JSON.parse(text) as { readonly ti?: readonly (readonly [string, number, TaskState, number])[] };
  return ti.map(([taskId, mapIndex, state]) => ({ taskId, mapIndex, state }));
}
