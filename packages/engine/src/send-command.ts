// R5. Commands are durable inbox rows. With a live owner the owner carries them out; without one the caller owns the DAG for as long as that takes.
import {
  MillraceError,
  type Answer,
  type Command,
  type DagDetail,
  type EngineStore,
  type Executor,
  type Queries,
  type SystemRules,
} from "@millrace/core";
import { createClock } from "./clock.ts";
import { processStartedAt } from "./executors/local/process-started-at.ts";
import { Scheduler } from "./scheduler/scheduler.ts";
import type { EngineLog } from "./scheduler/tick-state.ts";

const DEAD_AFTER_MICROS = 15_000_000;
const ANSWER_TIMEOUT_MS = 5_000;

/** What sending needs. */
export interface SendOptions {
  readonly store: EngineStore;
  readonly queries: Pick<Queries, "findDag" | "listSchedulers">;
  readonly log: EngineLog;
  /** Name of this machine and id of this process, as schedulers register themselves. */
  readonly host: string;
  readonly pid: number;
  /** What holds when the caller owns the DAG. Default: the rules of a system where nobody decided anything. */
  readonly rules?: SystemRules;
  /** Default 5 s. */
  readonly timeoutMs?: number;
}

/** A command and who sends it. */
export interface Sending {
  readonly dagId: string;
  readonly command: Command;
  /** For example `user:ada`. */
  readonly by: string;
}

/**
 * Sends a command about one DAG and waits for its answer, whether or not a Millrace runs.
 *
 * @returns the answer; a refusal is an answer, too.
 * @throws MillraceError NOT_FOUND when there is no such DAG, TIMEOUT when its owner does not answer: the command may still be carried out.
 */
export async function sendCommand({ dagId, command, by }: Sending, options: SendOptions): Promise<Answer> {
  const { store, queries } = options;
  const dag = await queries.findDag(dagId);
  if (!dag) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`, { details: { dagId } });
  const live = await liveSchedulers(options);
  const inboxId = await store.send(dagId, command, by);
  return await carryOut({ dagId, inboxId, hasOwner: hasOwner(dag, live) }, options);
}

/**
 * Waits for the answer of a command that is in the inbox already, whether or not a Millrace runs.
 *
 * @throws MillraceError as {@link sendCommand}
 */
export async function settleCommand(
  { dagId, inboxId }: { readonly dagId: string; readonly inboxId: number },
  options: SendOptions,
): Promise<Answer> {
  const [dag, live] = await Promise.all([options.queries.findDag(dagId), liveSchedulers(options)]);
  if (!dag) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`, { details: { dagId } });
  return await carryOut({ dagId, inboxId, hasOwner: hasOwner(dag, live) }, options);
}

function hasOwner({ owner, active }: DagDetail, live: ReadonlySet<number>): boolean {
  return owner === undefined ? active && live.size > 0 : live.has(owner);
}

async function carryOut(
  sent: { readonly dagId: string; readonly inboxId: number; readonly hasOwner: boolean },
  options: SendOptions,
): Promise<Answer> {
  const { store, timeoutMs = ANSWER_TIMEOUT_MS } = options;
  if (sent.hasOwner) return await store.waitForAnswer(sent.inboxId, timeoutMs);
  const owner = await ownFor(sent.dagId, options);
  try {
    return await store.waitForAnswer(sent.inboxId, timeoutMs);
  } finally {
    await owner.settle();
    await owner.stop();
  }
}

/**
 * Ids of the schedulers that are alive: their heartbeats arrive, and on this host their processes exist (nobody has to wait 15 s after a crash).
 */
export async function liveSchedulers({
  store,
  queries,
  host,
}: Pick<SendOptions, "store" | "queries" | "host">): Promise<ReadonlySet<number>> {
  const [known, ofHost, now] = await Promise.all([queries.listSchedulers(), store.schedulersOfHost(host), store.now()]);
  const gone = new Set<number>();
  for (const { schedulerId, pid, pidStartedAt } of ofHost) {
    if ((await processStartedAt(pid)) !== pidStartedAt) gone.add(schedulerId);
  }
  const alive = known.filter(
    ({ schedulerId, heartbeatAt }) => !gone.has(schedulerId) && now - heartbeatAt < DEAD_AFTER_MICROS,
  );
  return new Set(alive.map(({ schedulerId }) => schedulerId));
}

/** A scheduler that drives one DAG and starts nothing. */
async function ownFor(dagId: string, { store, log, host, pid, rules }: SendOptions): Promise<Scheduler> {
  const clock = createClock();
  const sentAtMs = clock.monotonicMs();
  clock.correct(await store.now(), sentAtMs);
  const pidStartedAt = (await processStartedAt(pid)) ?? "";
  const scheduler = new Scheduler({
    store,
    executor: EMPTY_EXECUTOR,
    clock,
    log,
    host,
    pid,
    pidStartedAt,
    onlyDags: [dagId],
    ...(rules && { rules }),
  });
  // Callbacks need workers, too: they stay in the outbox for the next owner.
  scheduler.drain();
  await scheduler.start();
  return scheduler;
}

/** Takes nothing, so it never has anything to stop or to report. */
const EMPTY_EXECUTOR: Executor = {
  capacity: 0,
  start: () => undefined,
  stop: () => undefined,
  acknowledgeStarted: () => undefined,
  runCallback: () => Promise.resolve({ ok: false, error: "no worker is here" }),
  holds: () => false,
  drain: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};
