import { hostname } from "node:os";
import { join } from "node:path";
import type { Execution, Graph, Micros, SecretsBackend } from "@millrace/core";
import { createFolderBlobStore, createRemoteLogs, createWorkerCalls } from "@millrace/engine";
import type { MillraceStore } from "@millrace/store";

/** Graphs of versions kept ready. */
const GRAPHS = 200;

/** What the execution API is made of. */
export interface ExecutionOptions {
  readonly store: Pick<MillraceStore, "engine" | "remote">;
  readonly dataFolder: string;
  /** Comes before the database's connections and variables. */
  readonly secrets: SecretsBackend;
  readonly now: () => Micros;
}

/** Joins the execution API with store and engine: workers elsewhere get what workers of this machine get. */
export function makeExecution({ store, dataFolder, secrets, now }: ExecutionOptions): Execution {
  const { engine, remote } = store;
  const graphs = new Map<string, Promise<Graph>>();
  const graphOf = (dagId: string, version: number): Promise<Graph> => {
    const key = `${version}/${dagId}`;
    let graph = graphs.get(key);
    if (!graph) {
      graph = engine.loadGraph(dagId, version).then((code) => code.graph);
      // A failure is for whoever asks now; the next one asks the store again.
      graph.catch(() => graphs.delete(key));
      graphs.set(key, graph);
      for (const oldest of graphs.keys()) if (graphs.size > GRAPHS) graphs.delete(oldest);
    }
    return graph;
  };
  return {
    dispatches: remote,
    logs: createRemoteLogs({
      dataFolder,
      host: hostname(),
      prefix: `remote-${process.pid}-${Math.floor(now() / 1_000).toString(36)}`,
      nowMs: () => performance.now(),
    }),
    blobs: createFolderBlobStore(join(dataFolder, "blobs")),
    callsOf: ({ dispatchId, run }) =>
      createWorkerCalls({ store: engine, secrets, runOf: (asked) => (asked === dispatchId ? run.runId : undefined) }),
    async taskOf({ dagId, dagVersion, taskId }) {
      const { tasks } = await graphOf(dagId, dagVersion);
      const task = tasks.find((each) => each.taskId === taskId);
      if (!task) throw new Error(`version ${dagVersion} of ${dagId} has no task ${taskId}`);
      return task;
    },
    async report({ dagId }, report) {
      const by = report.kind === "lost" ? "worker" : `worker:${report.workerId}`;
      await engine.send(dagId, { kind: "report", report }, by);
    },
  };
}
