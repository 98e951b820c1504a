import type { GraphTask } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";

/** Versions whose tasks are kept. */
const KEPT = 200;

/** Tasks of versions, by id. They never change, so that those that were read last are kept. */
export class VersionGraphs {
  readonly #loadGraph: ServerPorts["loadGraph"];
  readonly #kept = new Map<string, Promise<ReadonlyMap<string, GraphTask>>>();

  constructor(loadGraph: ServerPorts["loadGraph"]) {
    this.#loadGraph = loadGraph;
  }

  /** The tasks of a version; none when it is gone. */
  async tasksOf(dagId: string, version: number): Promise<ReadonlyMap<string, GraphTask>> {
    const key = `${version} ${dagId}`;
    const known = this.#kept.get(key) ?? this.#read(dagId, version);
    // The one that was asked for last is the last to go.
    this.#kept.delete(key);
    this.#kept.set(key, known);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return await known;
  }

  async #read(dagId: string, version: number): Promise<ReadonlyMap<string, GraphTask>> {
    try {
      const { graph } = await this.#loadGraph(dagId, version);
      return new Map(graph.tasks.map((task) => [task.taskId, task]));
    } catch (error) {
      // Nothing that failed is remembered.
      this.#kept.delete(`${version} ${dagId}`);
      if ((error as { readonly code?: unknown }).code === "NOT_FOUND") return new Map();
      throw error;
    }
  }
}
