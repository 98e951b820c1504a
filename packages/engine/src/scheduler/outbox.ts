import type { CallbackAnswer, OutboxRow } from "@millrace/core";
import type { TickState } from "./tick-state.ts";
import { untilAnswered } from "./until-answered.ts";

const CALLBACKS_AT_ONCE = 16;
const CALLBACK_TIMEOUT_MICROS = 60_000_000;
const ATTEMPTS = 3;
const RETRY_MICROS = 30_000_000;
/** After a neighbour took its process down. */
const RETRY_BLAMELESS_MICROS = 1_000_000;

/** The state that a task instance had when it asked for a callback. */
const STATE_AFTER = { success: "success", failure: "failed", retry: "up_for_retry", skip: "skipped" } as const;

/**
 * Runs the callbacks that commits have asked for: at least once, three tries at most, never changing a state.
 *
 * @returns true when there may be more of them.
 */
export async function deliverCallbacks(state: TickState): Promise<boolean> {
  if (!state.takesWork() || state.owned.dags.size === 0) return false;
  state.mail.outboxMayHaveRows = false;
  const rows = await state.store.takeOutbox(state.schedulerId, [...state.owned.dags.keys()], CALLBACKS_AT_ONCE);
  const isMore = rows.length === CALLBACKS_AT_ONCE;
  state.mail.outboxMayHaveRows ||= isMore;
  await Promise.all(rows.map((row) => deliver(state, row)));
  return isMore;
}

async function deliver(state: TickState, row: OutboxRow): Promise<void> {
  const { bundleHash, scheduleOverride, found } = await untilAnswered(state, "what a callback needs", async () => {
    const { bundleHash, graph } = await state.store.loadGraph(row.dagId, row.dagVersion);
    const { scheduleOverride } = graph.dag;
    return { bundleHash, scheduleOverride, found: await state.store.loadRun(row.runId) };
  });
  if (!found) {
    await finish(state, row, { ok: true });
    return;
  }
  const { run } = found;
  state.fault?.("beforeCallback");
  const answer = await state.executor.runCallback({
    callbackId: String(row.outboxId),
    dagId: row.dagId,
    dagVersion: row.dagVersion,
    bundleHash,
    ...(scheduleOverride && { scheduleOverride }),
    scope: row.scope,
    event: row.event as "success",
    state: row.scope === "run" ? run.state : STATE_AFTER[row.event as keyof typeof STATE_AFTER],
    reason: row.reason,
    run: {
      runId: run.runId,
      runKey: run.runKey,
      runType: run.runType,
      logicalDate: run.logicalDate,
      intervalStart: run.intervalStart,
      intervalEnd: run.intervalEnd,
      conf: run.conf,
      isLatest: true,
      triggeredBy: run.triggeredBy,
      ...(run.startedAt !== undefined && { startedAt: run.startedAt }),
    },
    ...(row.taskId !== undefined && {
      taskId: row.taskId,
      mapIndex: row.mapIndex ?? -1,
      tryNumber: row.tryNumber ?? 0,
    }),
    timeoutMicros: CALLBACK_TIMEOUT_MICROS,
  });
  state.fault?.("afterCallback");
  if (!answer.ok)
    state.log.warn({ runId: row.runId, taskId: row.taskId, event: row.event, error: answer.error }, "callback failed");
  await finish(state, row, outcomeOf(row, answer), answer.log);
}

function outcomeOf({ attempts }: OutboxRow, answer: CallbackAnswer): Finish[1] {
  if (answer.ok) return { ok: true };
  const { error } = answer;
  if (attempts >= ATTEMPTS) return { ok: false, error };
  return { ok: false, error, retryAfterMicros: answer.blameless ? RETRY_BLAMELESS_MICROS : RETRY_MICROS };
}

type Finish = Parameters<TickState["store"]["finishOutbox"]>;

/** A row that is taken and never finished would wait until this scheduler ends. */
function finish(state: TickState, { outboxId }: OutboxRow, outcome: Finish[1], log?: string): Promise<void> {
  return untilAnswered(state, "end of a callback", () => state.store.finishOutbox(outboxId, outcome, log));
}
