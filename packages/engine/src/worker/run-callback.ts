import {
  MillraceError,
  runCallback,
  type CallbackAnswer,
  type CallbackContext,
  type CallbackDispatch,
  type Callback,
} from "@millrace/core";
import { flushPartial } from "./capture-output.ts";
import { endChildren } from "./end-children.ts";
import { EngineReads } from "./engine-reads.ts";
import { causeOf } from "./outcome-of.ts";
import { pause } from "./pause.ts";
import { createRenderer } from "./render-templates.ts";
import { RunContextParts } from "./try-context.ts";
import { tryScope, type TryScope } from "./try-scope.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** Runs the callbacks of one event within the timeout. Never rejects. */
export async function answerCallback(
  callback: CallbackDispatch,
  around: { readonly tools: WorkerTools; readonly scope: TryScope },
): Promise<CallbackAnswer> {
  const { scope, tools } = around;
  let error: string | undefined;
  try {
    await tryScope.run(scope, () => withinTimeout(callback, around));
  } catch (thrown) {
    const cause = causeOf(thrown);
    error = tools.secrets.mask(cause.stack ?? cause.message);
  } finally {
    scope.controller.abort(new Error("the callback has ended"));
  }
  flushPartial(scope);
  if (scope.children.size > 0) endChildren(scope.children);
  const log = scope.log.end()?.tail;
  return { ...(error === undefined ? { ok: true } : { ok: false, error }), ...(log === undefined ? {} : { log }) };
}

async function withinTimeout(
  callback: CallbackDispatch,
  around: { readonly tools: WorkerTools; readonly scope: TryScope },
): Promise<void> {
  const late = pause(callback.timeoutMicros / 1_000, around.scope.controller.signal).then(() => {
    throw new MillraceError(
      "TIMEOUT",
      `the ${callback.event} callback ran longer than ${callback.timeoutMicros / 1_000_000} s`,
    );
  });
  // When the callback ends first, the pause is aborted and nobody waits for it any more.
  late.catch(() => undefined);
  await Promise.race([callAll(callback, around), late]);
}

async function callAll(
  callback: CallbackDispatch,
  { tools, scope }: { readonly tools: WorkerTools; readonly scope: TryScope },
): Promise<void> {
  const { dagId, taskId, event } = callback;
  const dag = tools.bundles.find(callback) ?? (await tools.bundles.load(callback));
  const body = taskId === undefined ? undefined : dag.bodies.get(taskId);
  const registered: Readonly<Partial<Record<string, readonly Callback[]>>> | undefined =
    callback.scope === "task" ? body?.callbacks : dag.callbacks;
  const task = dag.graph.tasks.find((one) => one.taskId === taskId);
  const parts = new RunContextParts({
    run: callback.run,
    dagId,
    dag,
    scope,
    tools,
    reads: new EngineReads(callback.callbackId, tools),
    ...(task === undefined ? {} : { task }),
  });
  const { mapIndex, tryNumber, maxTries, state, reason } = callback;
  const known = Object.fromEntries(
    Object.entries({ taskId, mapIndex, tryNumber, maxTries }).filter(([, value]) => value !== undefined),
  );
  const ctx = Object.assign(parts, known, {
    event,
    state,
    reason,
    render: createRenderer(parts, {
      exception: reason,
      ...(taskId === undefined
        ? {}
        : { taskInstance: { taskId, tryNumber: tryNumber ?? 1, maxTries: maxTries ?? 1, mapIndex: mapIndex ?? -1 } }),
    }).render,
  }) as unknown as CallbackContext;
  await callEach(registered?.[event] ?? [], ctx);
}

/** One that throws does not keep the others from being called. */
async function callEach(callbacks: readonly Callback[], ctx: CallbackContext): Promise<void> {
  const errors: unknown[] = [];
  for (const one of callbacks) {
    try {
      await runCallback(one, ctx);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} callbacks failed`, { cause: errors[0] });
  if (errors.length === 1) throw errors[0];
}
