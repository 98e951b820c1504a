import type { Graph, Micros, QueuedAssetEvent, RunAssetEvent, RunChanges } from "@millrace/core";
import { assetRuleOf, assetsOf } from "../scheduler/asset-rule.ts";
import type { MemoryRun } from "./memory-run.ts";

/** An update of an asset. */
export interface MemoryAssetEvent extends RunAssetEvent {
  readonly eventId: number;
  readonly mapIndex: number;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
}

/** Updates of assets, and which DAGs have not consumed them yet. */
export class MemoryAssets {
  readonly events: MemoryAssetEvent[] = [];
  readonly #followers: ReadonlyMap<string, ReadonlySet<string>>;
  /** DAG → ids of events that wait for its next run. */
  readonly #queues = new Map<string, number[]>();
  readonly #consumed = new Map<number, readonly RunAssetEvent[]>();

  constructor(graphs: readonly Graph[]) {
    this.#followers = new Map(
      graphs.flatMap(({ dagId, dag }) => {
        const rule = assetRuleOf(dag.schedule);
        return rule === undefined ? [] : [[dagId, new Set(assetsOf(rule))] as const];
      }),
    );
  }

  /** What a commit says of assets. */
  take(run: MemoryRun, { assets, created }: RunChanges, at: Micros): void {
    const { dagId, runKey, intervalStart, intervalEnd } = run.row;
    for (const { uri, taskId, mapIndex, extra } of assets) {
      const eventId = this.events.length + 1;
      this.events.push({ eventId, uri, at, extra, dagId, runKey, taskId, mapIndex, intervalStart, intervalEnd });
      for (const [follower, uris] of this.#followers) if (uris.has(uri)) this.#queueOf(follower).push(eventId);
    }
    if (created?.assetEventIds === undefined) return;
    const taken = new Set(created.assetEventIds);
    this.#queues.set(
      dagId,
      this.#queueOf(dagId).filter((eventId) => !taken.has(eventId)),
    );
    this.setTriggering(
      run.runId,
      this.events.filter(({ eventId }) => taken.has(eventId)),
    );
  }

  queued(dagIds: readonly string[]): readonly QueuedAssetEvent[] {
    return dagIds.flatMap((dagId) =>
      this.#queueOf(dagId).map((eventId) => {
        const { uri, at, intervalStart, intervalEnd } = this.events[eventId - 1];
        return { dagId, uri, eventId, at, intervalStart, intervalEnd };
      }),
    );
  }

  /** What made a run start. */
  triggering(runId: number): readonly RunAssetEvent[] {
    return this.#consumed.get(runId) ?? [];
  }

  setTriggering(runId: number, events: readonly RunAssetEvent[]): void {
    this.#consumed.set(runId, events);
  }

  #queueOf(dagId: string): number[] {
    const queue = this.#queues.get(dagId) ?? [];
    this.#queues.set(dagId, queue);
    return queue;
  }
}
