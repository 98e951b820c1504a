import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";

const SEGMENT = /^(\d{20})\.jsonl$/;
// A batch id has at most 512 characters, each at most 6 bytes in JSON; the rest of a seal is below 200.
const SEAL_BYTES = 4096;

/** The last line of a segment: what it holds. */
export interface Seal {
  readonly batchId: string;
  readonly count: number;
  /** Events of the publication that were left out. */
  readonly rejected: number;
  /** ISO instant, UTC. */
  readonly at: string;
}

/** A segment and the offset of its first event. */
export interface Segment {
  readonly first: number;
  readonly path: string;
}

/** What is in the folder of a partition. Seals are read once: a segment never changes. */
export interface SegmentIndex {
  readonly folder: string;
  /** All segments, by offset. */
  segments(): Promise<readonly Segment[]>;
  seal(segment: Segment): Promise<Seal>;
  bounds(): Promise<{ readonly earliest: number; readonly end: number }>;
  /** The seal of the segment that a batch id was published in. */
  findBatch(batchId: string): Promise<Seal | undefined>;
}

/** The file name of the segment that begins at `offset`. */
export function segmentName(offset: number): string {
  return `${String(offset).padStart(20, "0")}.jsonl`;
}

/** Opens the index of a partition's folder. */
export function openSegmentIndex(folder: string): SegmentIndex {
  const seals = new Map<string, Seal>();
  const segments = async (): Promise<readonly Segment[]> =>
    (await readdir(folder)).toSorted().flatMap((name) => {
      const first = SEGMENT.exec(name)?.[1];
      return first === undefined ? [] : [{ first: Number(first), path: join(folder, name) }];
    });
  const seal = async (segment: Segment): Promise<Seal> => {
    const known = seals.get(segment.path);
    if (known !== undefined) return known;
    const found = await readSeal(segment.path);
    seals.set(segment.path, found);
    return found;
  };
  return {
    folder,
    segments,
    seal,
    bounds: async () => {
      const all = await segments();
      const last = all.at(-1);
      return { earliest: all[0]?.first ?? 0, end: last === undefined ? 0 : last.first + (await seal(last)).count };
    },
    findBatch: async (batchId) => {
      // Newest first: a batch that is published again is nearly always the latest.
      for (const segment of (await segments()).toReversed()) {
        const found = await seal(segment);
        if (found.batchId === batchId) return found;
      }
      return undefined;
    },
  };
}

async function readSeal(path: string): Promise<Seal> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, SEAL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const seal = parseSeal(buffer.toString("utf8"));
    if (seal !== undefined) return seal;
  } finally {
    await handle.close();
  }
  throw new KafkaPublishError(
    `segment ${path} has no seal at its end: the file was damaged after it had been written`,
    { path },
  );
}

function parseSeal(tail: string): Seal | undefined {
  if (!tail.endsWith("\n")) return undefined;
  try {
    const line: unknown = JSON.parse(tail.slice(tail.lastIndexOf("\n", tail.length - 2) + 1));
    return typeof line === "object" && line !== null && "seal" in line ? (line.seal as Seal) : undefined;
  } catch {
    return undefined;
  }
}
