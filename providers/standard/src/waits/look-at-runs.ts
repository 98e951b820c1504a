import {
  isMillraceError,
  MillraceError,
  parseDuration,
  parseInstant,
  formatInstant,
  Permanent,
  Skip,
  type Context,
  type Duration,
  type RunLook,
} from "@millrace/core";

/** Which runs of another DAG to look at, and what to think of their states. */
export interface LookOptions {
  readonly dagId: string;
  /**
   * Logical dates of the runs, ISO 8601 with an offset, or a function that says them. Default: that of this run. All of them are waited for.
   */
  readonly logicalDate?: string | readonly string[] | ((run: DatesOf) => string | readonly string[]);
  /** The runs lie so much before these dates. Default `0s`. */
  readonly before?: Duration;
  /** This run, instead of one by logical date. */
  readonly runId?: string;
  /** States that are waited for. Default `["success"]`. */
  readonly allowedStates?: readonly string[];
  /** States in which it fails. Default `["failed", "upstream_failed"]`. */
  readonly failedStates?: readonly string[];
  /** States in which it is skipped. Default none. */
  readonly skippedStates?: readonly string[];
  /** false: a DAG, task or group that does not exist is waited for too. Default true: it fails, for it is more often a mistake. */
  readonly mustExist?: boolean;
}

/** What a function for `logicalDate` gets. */
export type DatesOf = Pick<Context, "logicalDate" | "dataInterval" | "params">;

/** What a wait for another DAG returns. */
export interface FoundRuns {
  readonly dagId: string;
  readonly runs: readonly { readonly runId: string; readonly logicalDate: string }[];
}

/** {@link LookOptions} as properties of a JSON Schema. */
export const LOOK_PROPERTIES = {
  dagId: { type: "string", minLength: 1, description: "The DAG to look at." },
  logicalDate: {
    description:
      "Logical date of its run, ISO 8601 with an offset, or a list of them (all are waited for), or a function of `{ logicalDate, dataInterval, params }` that says them. Default: that of this run.",
  },
  before: { type: "string", default: "0s", description: "The run lies so much before: `1d` for yesterday's." },
  runId: { type: "string", minLength: 1, description: "This run, instead of one by logical date." },
  allowedStates: {
    type: "array",
    items: { type: "string" },
    minItems: 1,
    default: ["success"],
    description: "States that are waited for.",
  },
  failedStates: {
    type: "array",
    items: { type: "string" },
    default: ["failed", "upstream_failed"],
    description: "States in which it fails.",
  },
  skippedStates: {
    type: "array",
    items: { type: "string" },
    default: [],
    description: "States in which it is skipped.",
  },
  mustExist: {
    type: "boolean",
    default: true,
    description: "false: a DAG, task or group that does not exist is waited for too, instead of failing at once.",
  },
} as const;

/**
 * One look at runs of another DAG, or at tasks in them.
 *
 * @returns what was found when everything is in an allowed state, `false` while it is not.
 * @throws MillraceError TASK_FAILED when something is in a failed state; Skip in a skipped one; Permanent when it cannot exist.
 */
export async function lookAtRuns(
  options: LookOptions & { readonly taskIds?: readonly string[]; readonly groupId?: string },
  ctx: Context,
): Promise<FoundRuns | false> {
  const { dagId, runId, taskIds, groupId } = options;
  const runs: { readonly runId: string; readonly logicalDate: string }[] = [];
  let isDone = true;
  for (const which of runId === undefined ? datesOf(options, ctx) : [{ runId }]) {
    const look = await lookOnce(
      { dagId, ...which, ...(taskIds && { taskIds }), ...(groupId !== undefined && { groupId }) },
      options,
      ctx,
    );
    if (look === undefined || !judge(look, options, taskIds !== undefined || groupId !== undefined)) isDone = false;
    else runs.push({ runId: look.runId, logicalDate: look.logicalDate });
  }
  return isDone && { dagId, runs };
}

function datesOf(
  { logicalDate, before = "0s" }: LookOptions,
  ctx: DatesOf,
): readonly { readonly logicalDate: string }[] {
  const said = typeof logicalDate === "function" ? logicalDate(ctx) : (logicalDate ?? ctx.logicalDate);
  return [said].flat().map((date) => ({ logicalDate: formatInstant(parseInstant(date) - parseDuration(before)) }));
}

async function lookOnce(
  question: Parameters<Context["dags"]["look"]>[0],
  { mustExist = true }: LookOptions,
  { dags }: Context,
): Promise<RunLook | undefined> {
  try {
    return await dags.look(question);
  } catch (error) {
    if (!isMillraceError(error) || error.code !== "NOT_FOUND") throw error;
    if (!mustExist) return undefined;
    throw Object.assign(new Permanent(`${error.message} (mustExist: false waits for it)`), { cause: error });
  }
}

/** @returns true when everything is in an allowed state. */
function judge(look: RunLook, options: LookOptions, ofTasks: boolean): boolean {
  const { allowedStates = ["success"], failedStates = ["failed", "upstream_failed"], skippedStates = [] } = options;
  const states = ofTasks ? statesOf(look) : [{ what: "it", state: look.state as string }];
  const say = ({ what, state }: { readonly what: string; readonly state: string }): string =>
    `${options.dagId}, run ${look.runId}: ${what} is ${state}`;
  const failed = states.find(({ state }) => failedStates.includes(state) && !allowedStates.includes(state));
  if (failed) throw new MillraceError("TASK_FAILED", say(failed));
  const skipped = states.find(({ state }) => skippedStates.includes(state));
  if (skipped) throw new Skip(say(skipped));
  return states.length > 0 && states.every(({ state }) => allowedStates.includes(state));
}

/** Instances that are no longer part of their run count for nothing. */
function statesOf(look: RunLook): readonly { readonly what: string; readonly state: string }[] {
  return Object.entries(look.tasks).flatMap(([what, counts]) => {
    const states = Object.keys(counts).filter((state) => state !== "removed");
    return states.length === 0 ? [{ what, state: "none" }] : states.map((state) => ({ what, state }));
  });
}
