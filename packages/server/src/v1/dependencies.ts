import type { V1TaskInstanceDependencyCollection } from "@millrace/api";
import { openCase, sayBlocker, whyInstance, type Blocker } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import { getInstance, type InstancePath } from "./find-instance.ts";
import type { V1Handlers } from "./handlers.ts";

/** Airflow's names for what keeps a task instance from running; what it has no name for has ours. */
const NAMES: Partial<Record<Blocker["kind"], string>> = {
  notInRun: "Task Instance State",
  retry: "Not In Retry Period",
  reschedule: "Ready To Reschedule",
  upstream: "Trigger Rule",
  setup: "Trigger Rule",
  list: "Mapped dependencies have succeeded",
  past: "Previous Dagrun State",
  obligation: "Dagrun Running",
  nextTick: "Task Instance State",
  poolMissing: "Pool Slots Available",
  poolTooSmall: "Pool Slots Available",
  poolFull: "Pool Slots Available",
  poolShare: "Pool Slots Available",
  maxActiveTasks: "Task Instance Slots Available",
  maxActivePerDag: "Task Concurrency",
  maxActivePerRun: "Task Concurrency",
  executorFull: "Task Instance Slots Available",
  runEnded: "Dagrun Running",
  runAfter: "Dagrun Running",
  maxActiveRuns: "Dagrun Running",
  paused: "DAG Not Paused",
};

/** What keeps task instances from running. */
export function dependencyHandlers(
  ports: ServerPorts,
): Pick<V1Handlers, "get_task_instance_dependencies" | "get_mapped_task_instance_dependencies"> {
  return {
    get_task_instance_dependencies: ({ params }) => dependenciesOf(ports, params),
    get_mapped_task_instance_dependencies: ({ params }) => dependenciesOf(ports, params),
  };
}

async function dependenciesOf(ports: ServerPorts, path: InstancePath): Promise<V1TaskInstanceDependencyCollection> {
  const instance = await getInstance(ports, path);
  const { dagId, runId, runKey, taskId, mapIndex, state } = instance;
  if (state !== "none" && state !== "scheduled") return { dependencies: [] };
  const facts = await ports.queries.why({ dagId, runId, mapIndex });
  if (!facts?.run) return { dependencies: [] };
  const at = openCase(facts, facts.run);
  const saying = { dagId, runKey, instance: { taskId, mapIndex }, now: facts.now };
  const dependencies = whyInstance(at, instance).map((blocker) => ({
    name: NAMES[blocker.kind] ?? blocker.kind,
    reason: sayBlocker(blocker, saying).reason,
  }));
  return { dependencies: dependencies.toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name))) };
}
