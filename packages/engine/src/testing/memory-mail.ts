import type {
  Answer,
  CommitBatch,
  EngineStore,
  InboxMessage,
  InboxRow,
  Micros,
  OutboxRow,
  RunChanges,
} from "@millrace/core";
import type { MemoryRun } from "./memory-run.ts";

/** Commands that wait for their answer (R5). */
export class MemoryInbox {
  readonly #rows = new Map<number, InboxRow<InboxMessage>>();
  readonly #answers = new Map<number, PromiseWithResolvers<Answer>>();

  send(row: Omit<InboxRow<InboxMessage>, "inboxId">): number {
    const inboxId = this.#answers.size + 1;
    this.#rows.set(inboxId, { inboxId, ...row });
    this.#answers.set(inboxId, Promise.withResolvers());
    return inboxId;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  read(dagIds: readonly string[], limit: number): readonly InboxRow<InboxMessage>[] {
    return [...this.#rows.values()].filter((row) => dagIds.includes(row.dagId)).slice(0, limit);
  }

  /** True while nobody has answered: whoever answers deletes the row. */
  has(inboxId: number): boolean {
    return this.#rows.has(inboxId);
  }

  answer({ inboxId, answer }: CommitBatch["answers"][number]): void {
    if (this.#rows.delete(inboxId)) this.#answers.get(inboxId)?.resolve(answer);
  }

  async wait(inboxId: number): Promise<Answer> {
    const waiting = this.#answers.get(inboxId);
    if (waiting === undefined) throw new Error(`nobody has sent ${inboxId}`);
    return await waiting.promise;
  }
}

interface WaitingCallback {
  readonly row: OutboxRow;
  dueAt: Micros;
  attempts: number;
  isTaken: boolean;
}

/** Callbacks that commits have asked for. */
export class MemoryOutbox {
  readonly #waiting = new Map<number, WaitingCallback>();
  #last = 0;

  take(run: MemoryRun, { callbacks }: RunChanges, at: Micros): void {
    const { runId, dagId, runKey, dagVersion } = run.row;
    for (const callback of callbacks) {
      const outboxId = (this.#last += 1);
      const row = { ...callback, outboxId, runId, dagId, runKey, dagVersion, attempts: 0 };
      this.#waiting.set(outboxId, { row, dueAt: at, attempts: 0, isTaken: false });
    }
  }

  due(now: Micros, limit: number): readonly OutboxRow[] {
    const due = [...this.#waiting.values()].filter((one) => !one.isTaken && one.dueAt <= now).slice(0, limit);
    return due.map((one) => {
      one.isTaken = true;
      one.attempts += 1;
      return { ...one.row, attempts: one.attempts };
    });
  }

  finish(outboxId: number, outcome: Parameters<EngineStore["finishOutbox"]>[1], now: Micros): void {
    const one = this.#waiting.get(outboxId);
    if (one === undefined) return;
    one.isTaken = false;
    if (outcome.ok || outcome.retryAfterMicros === undefined) this.#waiting.delete(outboxId);
    else one.dueAt = now + outcome.retryAfterMicros;
  }

  /** What a process that died had taken is offered again. */
  giveBack(): void {
    for (const one of this.#waiting.values()) one.isTaken = false;
  }

  /** When the next callback is due; undefined while none waits. */
  nextAt(): Micros | undefined {
    const times = [...this.#waiting.values()].map((one) => one.dueAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }
}
