// R5. Commands are durable inbox rows. With a live owner the owner carries them out; without one the caller owns the DAG for as long as that takes.
import {
  MillraceError,
  type Answer,
  type Command,
  type EngineStore,
  type Executor,
  type Queries,
  type SystemRules,
} from "@millrace/core";
import { setTimeout as sleep } from "node:timers/promises";
import { createClock } from "./clock.ts";
import { processStartedAt } from "./executors/local/process-started-at.ts";
import { Scheduler } from "./scheduler/scheduler.ts";
import type { EngineLog } from "./scheduler/tick-state.ts";

const DEAD_AFTER_MICROS = 15_000_000;
const ANSWER_TIMEOUT_MS = 5_000;
const OWNER_CHECK_MS = 250;
/** Within this, a scheduler that claims DAGs has claimed one that became free: it looks with each heartbeat, every 2 s. */
const LONGEST_CLAIM_MS = 2_500;

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
  await requireDag(dagId, options);
  const inboxId = await options.store.send(dagId, command, by);
  return await carryOut({ dagId, inboxId }, options);
}

/** A command that is in the inbox. */
interface Sent {
  readonly dagId: string;
  readonly inboxId: number;
}

/**
 * Waits for the answer of a command that is in the inbox already, whether or not a Millrace runs.
 *
 * @throws MillraceError as {@link sendCommand}
 */
export async function settleCommand(sent: Sent, options: SendOptions): Promise<Answer> {
  await requireDag(sent.dagId, options);
  return await carryOut(sent, options);
}

async function requireDag(dagId: string, { queries }: SendOptions): Promise<void> {
  if (!(await queries.findDag(dagId)))
    throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`, { details: { dagId } });
}

async function carryOut({ dagId, inboxId }: Sent, options: SendOptions): Promise<Answer> {
  const { store, timeoutMs = ANSWER_TIMEOUT_MS } = options;
  const sentAt = performance.now();
  const answer = store.waitForAnswer(inboxId, timeoutMs);
  const isOver = answer.then(
    () => true,
    () => true,
  );
  let owner: Scheduler | undefined;
  try {
    // Again and again: an owner may stop after it was seen, and before it has read the inbox.
    do {
      if (await needsOwner(dagId, options, performance.now() - sentAt)) owner = await ownFor(dagId, options);
    } while (!owner && !(await Promise.race([isOver, sleep(OWNER_CHECK_MS, false, { ref: false })])));
    return await answer;
  } finally {
    await owner?.settle();
    await owner?.stop();
  }
}

/** Whether nobody drives the DAG, nor is about to. */
async function needsOwner(dagId: string, options: SendOptions, waitedMs: number): Promise<boolean> {
  const [dag, live] = await Promise.all([options.queries.findDag(dagId), liveSchedulers(options)]);
  // Deleted meanwhile: there is nothing to own.
  if (!dag) return false;
  if (dag.owner !== undefined) return !live.has(dag.owner);
  // Those alive may all be like this caller, each the owner of one other DAG for a moment; one that claims all would have claimed it soon.
  return !dag.active || live.size === 0 || waitedMs > LONGEST_CLAIM_MS;
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
