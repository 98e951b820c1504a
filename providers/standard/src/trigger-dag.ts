import {
  defer,
  formatDuration,
  MillraceError,
  operator,
  parseDuration,
  parseInstant,
  Permanent,
  Skip,
  type AnyParams,
  type Context,
  type Duration,
  type TriggeredRun,
} from "@millrace/core";

const EVERY: Duration = "60s";

/** Options of {@link triggerDag}. */
export interface TriggerDagOptions {
  readonly dagId: string;
  /** What the run gets as its conf; default nothing. */
  readonly conf?: AnyParams;
  /** ISO 8601 with an offset. Default: now. */
  readonly logicalDate?: string;
  /** Default: made of this task instance, so that a retry finds its run again. */
  readonly runId?: string;
  /**
   * When somebody else has started a run with this id or logical date: `fail` (default) without another try, `skip` this task, `reset` (clear it, so
   * that it runs again), or `adopt` it as if it were one's own.
   */
  readonly whenExists?: "fail" | "skip" | "reset" | "adopt";
  /** Wait for the end of the run, without holding a slot. Default false. */
  readonly wait?: boolean;
  /** Time between looks. Default `60s`. */
  readonly every?: Duration;
  /** For the whole wait; then the try fails, and the run goes on. Default none. */
  readonly timeout?: Duration;
  /** States of the run that end the wait well. Default `["success"]`. */
  readonly allowedStates?: readonly ("success" | "failed")[];
}

/** What {@link triggerDag} returns. */
export interface TriggeredDag {
  readonly dagId: string;
  readonly runId: string;
  readonly logicalDate: string;
  /** Set when it was waited for. */
  readonly state?: "success" | "failed";
}

/** What is kept while it waits. */
interface Kept {
  readonly runId: string;
  readonly logicalDate: string;
  /** RFC 3339. */
  readonly waitsSince: string;
}

/**
 * Starts a run of another DAG, and may wait for its end without holding a slot.
 *
 * It triggers once: after a lost worker or a failed try it finds the run that it has started. Only when that run has failed does a retry start
 * another one (or, with `runId` or `logicalDate`, clear it). Clearing the task, after it has ended, starts another run.
 *
 * @throws Permanent when a run with this id or logical date is there already; MillraceError NOT_FOUND without such a DAG, BAD_PARAM for a conf that
 *   does not fit, TASK_FAILED when the run ends in another state, TIMEOUT.
 * @example triggerDag({ dagId: "publish", conf: { day: "{{ ds }}" }, wait: true, every: "30s" })
 */
export const triggerDag = operator({
  name: "TriggerDagRunOperator",
  color: "#ffefeb",
  doc: [
    "Starts a run of another DAG; with `wait: true` it waits for its end without holding a slot.",
    "",
    "**Once**: after a lost worker or a failed try it finds the run that it has started. Only when that run has failed does a retry start another one (or, with",
    '`runId` or `logicalDate`, clear it). Clearing the task after it has ended starts another run. With `whenExists: "reset"` a retry may reset twice.',
    "",
    "**Result**: `{ dagId, runId, logicalDate, state }`. **Fails** without another try when somebody else's run has that id or logical date (see `whenExists`),",
    "with `TASK_FAILED` when the run ends in a state that is not allowed, with `NOT_FOUND`, `BAD_PARAM` or `TIMEOUT`.",
  ].join("\n"),
  otherDag: { option: "dagId", does: "triggers" },
  templated: ["dagId", "conf", "logicalDate", "runId"],
  schema: {
    type: "object",
    required: ["dagId"],
    additionalProperties: false,
    properties: {
      dagId: { type: "string", minLength: 1, description: "The DAG to run." },
      conf: { type: "object", description: "What the run gets as its conf." },
      logicalDate: { type: "string", minLength: 1, description: "ISO 8601 with an offset. Default: now." },
      runId: { type: "string", minLength: 1, description: "Default: made of this task instance." },
      whenExists: {
        enum: ["fail", "skip", "reset", "adopt"],
        default: "fail",
        description:
          "When somebody else has started a run with this id or logical date: fail, skip this task, clear that run so that it runs again, or take it for one's own.",
      },
      wait: { type: "boolean", default: false, description: "Wait for the end of the run." },
      every: { type: "string", default: "60s", description: "Time between looks." },
      timeout: {
        type: "string",
        description: "For the whole wait; then the try fails, and the run goes on. Default none.",
      },
      allowedStates: {
        type: "array",
        items: { enum: ["success", "failed"] },
        minItems: 1,
        default: ["success"],
        description: "States of the run that end the wait well.",
      },
    },
  },
  run: async (options: TriggerDagOptions, ctx: Context): Promise<TriggeredDag> => {
    const kept = ctx.resumed?.state as Kept | undefined;
    const run = kept ?? (await start(options, ctx));
    const result = { dagId: options.dagId, runId: run.runId, logicalDate: run.logicalDate };
    if (options.wait !== true) return result;
    const state = await ctx.dags.stateOf({ dagId: options.dagId, runId: run.runId });
    if (state === "success" || state === "failed") return { ...result, state: endedWell(options, run.runId, state) };
    if (state === undefined)
      throw new MillraceError(
        "NOT_FOUND",
        `the run ${run.runId} of ${options.dagId} was deleted while it was waited for`,
      );
    return waitOn(options, { ...result, waitsSince: kept?.waitsSince ?? ctx.now() }, ctx);
  },
});

/** Finds the run that an earlier try has started, or starts one. */
async function start(options: TriggerDagOptions, ctx: Context): Promise<TriggeredRun> {
  const { dagId, conf, logicalDate, runId } = options;
  for (let attempt = 1; ; attempt += 1) {
    const run = await ctx.dags.trigger({
      dagId,
      key: `attempt-${attempt}`,
      ...(conf !== undefined && { conf }),
      ...(logicalDate !== undefined && { logicalDate }),
      ...(runId !== undefined && { runId }),
    });
    if (run.origin === "new") ctx.log.info("run triggered", { dagId, runId: run.runId, logicalDate: run.logicalDate });
    if (run.origin === "other") await meet(options, run, ctx);
    if (run.origin !== "own") return run;
    ctx.log.info("an earlier try has triggered this run", { dagId, runId: run.runId });
    if (!(await hasFailed(options, run, ctx))) return run;
    if (runId !== undefined || logicalDate !== undefined) {
      await ctx.dags.clear({ dagId, runId: run.runId });
      return run;
    }
  }
}

async function hasFailed(options: TriggerDagOptions, { runId }: TriggeredRun, ctx: Context): Promise<boolean> {
  if (options.wait !== true || options.allowedStates?.includes("failed") === true) return false;
  return (await ctx.dags.stateOf({ dagId: options.dagId, runId })) === "failed";
}

/** A run of somebody else is where this one should be. */
async function meet({ dagId, whenExists = "fail" }: TriggerDagOptions, run: TriggeredRun, ctx: Context): Promise<void> {
  const what = `the DAG ${dagId} has a run ${run.runId} for ${run.logicalDate} already`;
  switch (whenExists) {
    case "fail":
      throw new Permanent(`${what}, which somebody else has started (whenExists)`);
    case "skip":
      throw new Skip(what);
    case "reset":
      ctx.log.info("run cleared", { dagId, runId: run.runId });
      return await ctx.dags.clear({ dagId, runId: run.runId });
    case "adopt":
      return;
    default:
      throw new Error(`unreachable: ${whenExists satisfies never}`);
  }
}

function endedWell(
  { dagId, allowedStates = ["success"] }: TriggerDagOptions,
  runId: string,
  state: "success" | "failed",
): "success" | "failed" {
  if (allowedStates.includes(state)) return state;
  throw new MillraceError("TASK_FAILED", `the run ${runId} of ${dagId} ended as ${state}`);
}

function waitOn({ dagId, every = EVERY, timeout }: TriggerDagOptions, kept: Kept, ctx: Context): never {
  const { runId, logicalDate, waitsSince } = kept;
  const waited = parseInstant(ctx.now()) - parseInstant(waitsSince);
  const left = timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(timeout) - waited;
  if (left <= 0) throw new MillraceError("TIMEOUT", `the run ${runId} of ${dagId} did not end within ${timeout}`);
  return defer({
    for: formatDuration(Math.min(parseDuration(every), left)),
    state: { runId, logicalDate, waitsSince } satisfies Kept,
  });
}
