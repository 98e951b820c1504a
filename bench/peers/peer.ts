import type { Bench } from "../bench.ts";

/** What a peer was measured doing. Absent: it has no such thing. */
export interface PeerSamples {
  /** 40 jobs or steps in a row, nothing else going on: ms from the call that starts them to the end of the last. */
  readonly sequenceMs: readonly number[];
  /** Many such rows of 40 at once: jobs or steps per second. */
  readonly chainsPerSecond: readonly number[];
  /** Many jobs that have nothing to do with each other: per second. */
  readonly jobsPerSecond?: readonly number[];
}

/** Another system that people use for such work. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly home: string;
  readonly license: string;
  /** How it is set up, in a sentence or two. */
  readonly settings: string;
  /** @throws Error when something that it needs is not on this machine. */
  measure(bench: Bench, size: PeerSize): Promise<PeerSamples>;
}

/** How much a peer has to do: enough for a steady rate. */
export interface PeerSize {
  readonly sequences: number;
  /** Rows of 40 at once. */
  readonly chains: number;
  /** Repetitions of the long measurements. */
  readonly repetitions: number;
}

/** Jobs of a row. */
export const ROW = 40;

/** Measures something so many times, after once for warming up. @returns ms of each. */
export async function repeat(times: number, work: () => Promise<void>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let time = 0; time <= times; time += 1) {
    const beganMs = performance.now();
    await work();
    if (time > 0) samples.push(performance.now() - beganMs);
  }
  return samples;
}

/** Turns times for `amount` jobs into jobs per second. */
export function perSecond(amount: number, times: readonly number[]): readonly number[] {
  return times.map((ms) => (amount * 1_000) / ms);
}
