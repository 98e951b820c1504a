import type { RunState, RunType, TaskState } from "../model/states.ts";

/** How many runs of a DAG are in a state. */
export interface RunTotal {
  readonly dagId: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly runs: number;
}

/** How many task instances of a DAG are in a state. */
export interface InstanceTotal {
  readonly dagId: string;
  readonly state: TaskState;
  readonly instances: number;
}

/** Which runs or task instances. All that is given must fit; nothing given: all. */
export interface TotalsRequest {
  readonly dagIds?: readonly string[];
}

/**
 * How many runs and task instances there are: exact, and without counting them. Nothing that is zero is listed. What a filter on other things leaves over has
 * no total here.
 */
export interface Totals {
  runs(request?: TotalsRequest): Promise<readonly RunTotal[]>;
  countRuns(
    request?: TotalsRequest & { readonly states?: readonly RunState[]; readonly runTypes?: readonly RunType[] },
  ): Promise<number>;
  instances(request?: TotalsRequest): Promise<readonly InstanceTotal[]>;
  countInstances(request?: TotalsRequest & { readonly states?: readonly TaskState[] }): Promise<number>;
}
