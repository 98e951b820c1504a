import type { Bench } from "../bench.ts";
import { median } from "../statistics.ts";
import { baseThroughput } from "../workloads/measure-throughput.ts";
import { sequenceRuns } from "../workloads/sequence.ts";
import { bullmq } from "./bullmq.ts";
import { dbos } from "./dbos.ts";
import { graphileWorker } from "./graphile-worker.ts";
import type { Peer, PeerSamples, PeerSize } from "./peer.ts";

/** Medians of what a system did. */
export interface PeerFigures {
  readonly sequenceMs: number;
  readonly chainsPerSecond: number;
  readonly jobsPerSecond?: number;
}

/** A peer and what came of it. */
export interface PeerOutcome extends Pick<Peer, "name" | "version" | "home" | "license" | "settings"> {
  readonly figures?: PeerFigures;
  /** Why there are no figures. */
  readonly missing?: string;
}

/** Millrace and its peers, measured by the same definitions. */
export interface Comparison {
  readonly millrace: PeerFigures;
  readonly peers: readonly PeerOutcome[];
}

const PEERS: readonly Peer[] = [graphileWorker, bullmq, dbos];
const SIZES: Readonly<Record<"full" | "quick", PeerSize>> = {
  full: { sequences: 30, chains: 100, repetitions: 3 },
  quick: { sequences: 5, chains: 20, repetitions: 1 },
};

/** Measures the peers one after the other, nothing else running. One that cannot run here is left out and says why. */
export async function measurePeers(bench: Bench, size: keyof typeof SIZES): Promise<Comparison> {
  const runs = await sequenceRuns(bench);
  const millrace = {
    sequenceMs: median(runs.map(({ sentMs, endedMs }) => endedMs - sentMs)),
    chainsPerSecond: median(await baseThroughput(bench)),
  };
  await bench.endSystem();
  const peers: PeerOutcome[] = [];
  for (const { measure, ...about } of PEERS) {
    bench.progress.begin(`${about.name} ${about.version}`);
    try {
      peers.push({ ...about, figures: figuresOf(await measure(bench, SIZES[size])) });
    } catch (error) {
      const missing = error instanceof Error ? error.message : String(error);
      bench.progress.note(`not measured: ${missing}`);
      peers.push({ ...about, missing });
    }
  }
  return { millrace, peers };
}

function figuresOf({ sequenceMs, chainsPerSecond, jobsPerSecond }: PeerSamples): PeerFigures {
  return {
    sequenceMs: median(sequenceMs),
    chainsPerSecond: median(chainsPerSecond),
    ...(jobsPerSecond && { jobsPerSecond: median(jobsPerSecond) }),
  };
}
