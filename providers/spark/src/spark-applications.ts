import { MillraceError, operator, type Context } from "@millrace/core";
import type { ClusterState } from "./cluster-state.ts";
import { openSpark } from "./open-spark.ts";
import { TARGET_PROPERTIES, type SparkTarget } from "./spark-server.ts";

const SHOWN_COMPLETED = 20;

/** Options of {@link sparkApplications}. */
export interface SparkApplicationsOptions extends SparkTarget {
  /** Only applications of this name. Default all. */
  readonly name?: string;
  /** It fails with fewer workers alive. Default 0. */
  readonly minWorkers?: number;
  /** Names of applications of which it fails when one is not active. Default none. */
  readonly mustRun?: readonly string[];
}

/**
 * Looks at a standalone master: its workers, applications and drivers.
 *
 * @returns the state of the cluster, with the last 20 completed applications and drivers.
 * @throws MillraceError TASK_FAILED when workers or applications are missing, UNREACHABLE, TIMEOUT; Permanent when the request is refused.
 * @example sparkApplications({ connection: "spark_default", minWorkers: 2, mustRun: ["gold"] })
 */
export const sparkApplications = operator({
  name: "SparkApplicationsOperator",
  color: "#ffa500",
  doc: [
    "Looks at a standalone master of Spark by the JSON of its pages: workers, active and completed applications, drivers. With `minWorkers` and `mustRun` it",
    "is a check. An application counts as active while it is `RUNNING`; one that waits for cores does not.",
    "",
    "**Result**: `{ status, url, workers, active, completed, activeDrivers, completedDrivers }`, of what is completed the last 20. **Fails** with",
    "`TASK_FAILED` when workers or applications are missing, `UNREACHABLE` after three requests without an answer, `TIMEOUT`; without another try when the",
    "request is refused. It changes nothing, so a retry is harmless.",
  ].join("\n"),
  templated: ["name", "mustRun", "master", "ui"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      name: { type: "string", minLength: 1, description: "Only applications of this name. Default all." },
      minWorkers: { type: "integer", minimum: 0, default: 0, description: "It fails with fewer workers alive." },
      mustRun: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Names of applications of which it fails when one is not running.",
      },
    },
  },
  run: async (options: SparkApplicationsOptions, ctx: Context): Promise<ClusterState> => {
    const { name, minWorkers = 0, mustRun = [] } = options;
    await using spark = await openSpark(options, { ctx });
    const state = await spark.cluster();
    const alive = state.workers.filter((worker) => worker.state === "ALIVE").length;
    ctx.log.info(`${state.url} is ${state.status}: ${alive} workers, ${state.active.length} active applications`);
    const running = state.active.filter((each) => each.state === "RUNNING").map((each) => each.name);
    const missing = mustRun.filter((each) => !running.includes(each));
    const wrong = [
      ...(alive < minWorkers ? [`it has ${alive} workers instead of ${minWorkers}`] : []),
      ...(missing.length > 0 ? [`${missing.join(", ")} do not run`] : []),
    ];
    if (wrong.length > 0) throw new MillraceError("TASK_FAILED", `${state.url}: ${wrong.join("; ")}`);
    const isAsked = (each: { readonly name: string }): boolean => name === undefined || each.name === name;
    return {
      ...state,
      active: state.active.filter(isAsked),
      completed: state.completed.filter(isAsked).slice(-SHOWN_COMPLETED),
      completedDrivers: state.completedDrivers.slice(-SHOWN_COMPLETED),
    };
  },
});
