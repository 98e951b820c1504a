import type { LogEvent } from "./event-log.ts";

/** When a batch is full. */
export interface BatchLimits {
  readonly maxEvents: number;
  /** Of keys, values and what an event has beside them. An event that is larger by itself is rejected. */
  readonly maxBytes: number;
  /** How long the first event of a batch waits at most, in milliseconds, while others keep coming. */
  readonly lingerMs: number;
  /** What an event has beside its key and value. */
  readonly eventBytes: number;
}

/** Gathers events into batches. */
export interface EventBatches {
  /** Takes an event; returns a batch that has to be sent now. */
  add(event: LogEvent<string>): readonly LogEvent<string>[] | undefined;
  /** What has not been returned yet. */
  rest(): readonly LogEvent<string>[];
  counts(): { readonly published: number; readonly rejected: number };
}

/** Opens an empty batch. @param clock milliseconds that only ever grow. */
export function openBatches(limits: BatchLimits, clock: () => number = () => performance.now()): EventBatches {
  let batch: LogEvent<string>[] = [];
  let bytes = 0;
  let beganAtMs = 0;
  let published = 0;
  let rejected = 0;
  const rest = (): readonly LogEvent<string>[] => {
    const full = batch;
    batch = [];
    bytes = 0;
    return full;
  };
  return {
    add: (event) => {
      const size = Buffer.byteLength(event.key) + Buffer.byteLength(event.value) + limits.eventBytes;
      if (size > limits.maxBytes) {
        rejected += 1;
        return undefined;
      }
      const full = batch.length > 0 && bytes + size > limits.maxBytes ? rest() : undefined;
      if (batch.length === 0) beganAtMs = clock();
      batch.push(event);
      bytes += size;
      published += 1;
      if (full !== undefined) return full;
      return batch.length >= limits.maxEvents || clock() - beganAtMs >= limits.lingerMs ? rest() : undefined;
    },
    rest,
    counts: () => ({ published, rejected }),
  };
}
