import { MillraceError, operator, type Context } from "@millrace/core";
import { openSpark, type SparkClient } from "./open-spark.ts";
import { TARGET_PROPERTIES, type SparkTarget } from "./spark-server.ts";

/** Options of {@link waitForSparkApplication}: which application, by one of its id, its name and its driver's submission id. */
export interface WaitForSparkApplicationOptions extends SparkTarget {
  readonly applicationId?: string;
  /** The newest of this name. */
  readonly name?: string;
  readonly submissionId?: string;
  /** States that are waited for. Default `["FINISHED"]`; `["RUNNING"]` waits for a stream to be up. */
  readonly states?: readonly string[];
  /** States in which it fails. Default `["FAILED", "KILLED", "ERROR"]`. */
  readonly failedStates?: readonly string[];
}

/** What {@link waitForSparkApplication} found. */
export interface FoundApplication {
  readonly id: string;
  readonly state: string;
}

/**
 * Waits until an application (or a driver) of a standalone master is in a state.
 *
 * @returns its id and state.
 * @throws MillraceError TASK_FAILED when it is in a failed state, UNREACHABLE, TIMEOUT; BAD_ARGUMENT when not exactly one application is named.
 * @example sensor("wait_for_gold", { timeout: "1h", mode: "reschedule" }, waitForSparkApplication({ connection: "spark_default", name: "gold" }))
 */
export const waitForSparkApplication = operator({
  name: "WaitForSparkApplicationSensor",
  color: "#ffcc99",
  kind: "sensor",
  doc: [
    "Waits until an application of a standalone master, by id or by name (the newest), or a driver in the cluster, by submission id, is in one of `states`.",
    "One that the master does not know is waited for. The master keeps the last 200 that are completed.",
    "",
    "**Result**: `{ id, state }`. **Fails** with `TASK_FAILED` when it is in one of `failedStates`, with `UNREACHABLE` after three requests without an",
    "answer; without another try when the request is refused.",
  ].join("\n"),
  templated: ["applicationId", "name", "submissionId", "master", "ui", "rest"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      applicationId: { type: "string", minLength: 1, description: "For example `app-20250101000000-0001`." },
      name: { type: "string", minLength: 1, description: "The newest application of this name." },
      submissionId: { type: "string", minLength: 1, description: "Of a driver in cluster mode." },
      states: {
        type: "array",
        items: { type: "string" },
        minItems: 1,
        default: ["FINISHED"],
        description: "States that are waited for; `RUNNING` waits for a stream to be up.",
      },
      failedStates: {
        type: "array",
        items: { type: "string" },
        default: ["FAILED", "KILLED", "ERROR"],
        description: "States in which it fails.",
      },
    },
  },
  run: async (options: WaitForSparkApplicationOptions, ctx: Context): Promise<FoundApplication | false> => {
    const { states = ["FINISHED"], failedStates = ["FAILED", "KILLED", "ERROR"] } = options;
    await using spark = await openSpark(options, { ctx });
    const found = await find(options, spark);
    if (found === undefined) return false;
    if (states.includes(found.state)) return found;
    if (failedStates.includes(found.state)) throw new MillraceError("TASK_FAILED", `${found.id} is ${found.state}`);
    ctx.log.info(`${found.id} is ${found.state}`);
    return false;
  },
});

async function find(
  { applicationId, name, submissionId }: WaitForSparkApplicationOptions,
  spark: SparkClient,
): Promise<FoundApplication | undefined> {
  const named = [applicationId, name, submissionId].filter((each) => each !== undefined);
  if (named.length !== 1)
    throw new MillraceError("BAD_ARGUMENT", "name exactly one of applicationId, name and submissionId");
  if (submissionId !== undefined) {
    const { state } = await spark.driverStatus(submissionId);
    return state === "NOT_FOUND" ? undefined : { id: submissionId, state };
  }
  const { active, completed } = await spark.cluster();
  const [newest] = [...active, ...completed]
    .filter((each) => (applicationId === undefined ? each.name === name : each.id === applicationId))
    .sort((one, other) => other.startedAtMs - one.startedAtMs);
  return newest && { id: newest.id, state: newest.state };
}
