import { expect } from "vitest";
import type { Started } from "./cli-project.ts";
import { pipelineProject, type PipelineProject, type PipelineProjectOptions } from "./pipeline-project.ts";

/** Its schedules, and pauses that a test need not wait for. */
const EDITS = [
  ["domain-ingestion.dag.ts", 'schedule: cron("0 * * * *")', "schedule: null"],
  ["domain-ingestion.dag.ts", 'retryDelay: "5m"', 'retryDelay: "10ms"'],
  ["domain-layers.dag.ts", "schedule: publishedDomains", "schedule: null"],
  ["domain-layers.dag.ts", 'retryDelay: "1m"', 'retryDelay: "10ms"'],
  ["monitoring.dag.ts", 'schedule: cron("*/15 * * * *")', "schedule: null"],
  ["monitoring.dag.ts", 'retryDelay: "2m"', 'retryDelay: "10ms"'],
  ["monitoring.dag.ts", "firstDataWithinSeconds: 60", "firstDataWithinSeconds: 0"],
] as const;

/** A task instance, as the command line tells of it. */
export interface InstanceRow {
  readonly task_id: string;
  readonly state: string;
  readonly try_number: number;
}

/** The domain ingestion in a Millrace that runs; its DAGs run when a test says so. */
export interface IngestionProject extends PipelineProject {
  readonly started: Started;
  setVariable(name: string, value: string): Promise<void>;
  /** Runs a DAG to its end. @returns its state */
  runDag(dagId: string, runId: string): Promise<"success" | "failed">;
  /** Clears a whole run, and waits until it has succeeded once more. */
  clear(dagId: string, runId: string): Promise<void>;
  instances(dagId: string, runId: string): Promise<readonly InstanceRow[]>;
  /** Task → state. */
  states(dagId: string, runId: string): Promise<Readonly<Record<string, string>>>;
  /** The log of a task's last try. */
  log(dagId: string, taskId: string, runId: string): Promise<string>;
  /** The checks that failed, by their states; the alert must have named at least one of them, and nothing else. */
  failedChecks(runId: string): Promise<readonly string[]>;
}

/** What is to be different. */
export interface IngestionProjectOptions extends PipelineProjectOptions {
  /** `sources.yaml` of its lists. */
  readonly sources: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Further changes: file, text, what takes its place. */
  readonly edits?: readonly (readonly [file: string, from: string, to: string])[];
}

/** Starts Millrace on a copy of the domain ingestion; it ends with the project. */
export async function ingestionProject({
  sources,
  variables,
  edits = [],
  ...options
}: IngestionProjectOptions): Promise<IngestionProject> {
  const project = await pipelineProject("domain-ingestion", options);
  try {
    await project.write("pipelines/domain-ingestion/config/test.yaml", sources);
    for (const edit of [...EDITS, ...edits]) await project.edit(...edit);
    const opened = withCommands(project, await project.start());
    const all = { ingestion_config: "config/test.yaml", ...variables };
    for (const [name, value] of Object.entries(all)) await opened.setVariable(name, value);
    return opened;
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

function withCommands(project: PipelineProject, started: Started): IngestionProject {
  const instances = async (dagId: string, runId: string): Promise<readonly InstanceRow[]> =>
    await project.json("tasks", "states-for-dag-run", dagId, runId);
  const log = async (dagId: string, taskId: string, runId: string): Promise<string> =>
    (await project.run("tasks", "logs", dagId, taskId, runId)).out;
  return {
    ...project,
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
    started,
    async setVariable(name, value) {
      const { code, err } = await project.run("variables", "set", name, value);
      expect(code, err).toBe(0);
    },
    async runDag(dagId, runId) {
      const { code } = await project.run("dags", "trigger", dagId, "-r", runId, "--wait");
      return code === 0 ? "success" : "failed";
    },
    async clear(dagId, runId) {
      const success = `✓ ${dagId} ${runId} success`;
      const before = started.output().split(success).length;
      const { code, err } = await project.run("tasks", "clear", dagId, "--run", runId, "-y");
      expect(code, err).toBe(0);
      await started.until(new RegExp(`(${success}[^]*){${before}}`));
    },
    instances,
    states: async (dagId, runId) =>
      Object.fromEntries((await instances(dagId, runId)).map(({ task_id, state }) => [task_id, state])),
    log,
    async failedChecks(runId) {
      const failed = (await instances("monitoring_dag", runId)).filter(({ state }) => state === "failed");
      const ids = failed.map(({ task_id }) => task_id).toSorted();
      const out = await log("monitoring_dag", "alert_on_failure", runId);
      const named = JSON.parse(/"failed_checks":(\[[^\]]*\])/.exec(out)?.[1] ?? "[]") as string[];
      expect(named.length).toBeGreaterThan(0);
      expect(ids).toEqual(expect.arrayContaining(named));
      return ids;
    },
  };
}
