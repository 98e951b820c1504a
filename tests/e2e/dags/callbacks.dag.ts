// Callbacks and notifiers: each writes a line to the file that the run's conf names.
import { appendFileSync } from "node:fs";
import { dag, defer, every, notifier, skip, type CallbackContext } from "millrace";

const line = (who: string, ctx: CallbackContext): void => {
  const { event, state, taskId, mapIndex, tryNumber, conf, params } = ctx;
  const said = { who, event, state, taskId, mapIndex, tryNumber, reason: ctx.reason, run: ctx.runId, params };
  appendFileSync(conf.file as string, `${JSON.stringify(said)}\n`);
};
const say = notifier({ name: "say", notify: ({ room }: { room: string }, ctx) => line(`say ${room}`, ctx) });
const told = (ctx: CallbackContext): void => line("told", ctx);

export const calls = dag(
  "calls",
  {
    params: { file: "", fail: true },
    onSuccess: told,
    onFailure: [told, say({ room: "ops" })],
    defaults: { onFailure: told, onRetry: told },
  },
  ({ task, map, branch }) => {
    task("good", { onExecute: told, onSuccess: [say({ room: "dev" }), told] }, (_, { params }) =>
      appendFileSync(params.file, '{"who":"body"}\n'),
    );
    task("retried", { retries: 1, retryDelay: "1ms", onSuccess: told }, (_, { tryNumber }) => {
      if (tryNumber === 1) throw new Error("first");
    });
    task("bad", (_, { params }) => {
      if (params.fail) throw new Error("for good");
    });
    task("skips", { onSkip: told, onSuccess: told }, () => skip("no need"));
    const route = branch("route", (): "left" | "right" => "left");
    task("right", { after: [route.on("right")], onSkip: told }, () => 1);
    map("each", { each: { n: [1, 2] }, onSuccess: told }, ({ n }) => n);
    task("deferred", { onExecute: told, onSuccess: told }, (_, { resumed }) => void (resumed ?? defer({ for: "5ms" })));
  },
);

/** What a callback does changes no state; it is tried three times. */
export const brokenCalls = dag("broken_calls", ({ task }) => {
  task(
    "good",
    {
      onExecute: () => {
        throw new Error("before");
      },
      onSuccess: (ctx) => {
        line("broken", ctx);
        throw new Error("after");
      },
    },
    () => 1,
  );
});

/** Scheduled: deadlines count from the end of the data interval, which has passed when the run begins. */
export const late = dag(
  "late",
  {
    schedule: every("1h"),
    catchup: false,
    deadline: "1s",
    onDeadlineMissed: (ctx) =>
      appendFileSync(
        process.env.MILLRACE_TASK_FILE as string,
        `${JSON.stringify({ who: "late", event: ctx.event, reason: ctx.reason })}\n`,
      ),
  },
  ({ sensor }) => void sensor("waits", { timeout: "1h", every: "1h", mode: "reschedule" }, () => false),
);
