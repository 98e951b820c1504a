// Reads a partition of Kafka from one offset to another, as a transaction's reader must: events of a publication that was given up are left out, and the
// end is known by the position in the log, not by the number of events, as marks of transactions take offsets too.
import type { KafkaClient } from "@millrace/provider-kafka";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";

const READ_COMMITTED = 1;
const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_WAIT_MS = 500;
/** A publication that nobody ends is given up by the broker after five minutes; until then nothing behind it can be read. */
const STANDSTILL_MS = 330_000;
// Bits of a batch's attributes, and the type of a control record that says "given up", as Kafka's protocol has them.
const IS_TRANSACTIONAL = 0b1_0000;
const IS_CONTROL = 0b10_0000;
const ABORT = 0;

/** An event as Kafka has it. */
export interface CommittedRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** Which part of a partition. */
export interface PartitionRange {
  readonly topic: string;
  readonly partition: number;
  /** Included. */
  readonly from: number;
  /** Excluded. */
  readonly until: number;
}

type Consumer = ReturnType<KafkaClient["consumer"]>;
type FetchResponse = Awaited<ReturnType<Consumer["fetch"]>>;
type FetchedPartition = FetchResponse["responses"][number]["partitions"][number];

/** The committed events of a part of a partition, in the order of their offsets. Holds one answer of the broker at a time, a few megabytes. */
export async function* readCommitted(
  kafka: KafkaClient,
  consumer: Consumer,
  { topic, partition, from, until }: PartitionRange,
): AsyncGenerator<CommittedRecord> {
  let position = from;
  let movedAtMs = performance.now();
  while (position < until) {
    const fetched = await fetchOnce(kafka, consumer, { topic, partition, from: position, until });
    const batches = fetched.records ?? [];
    const isGivenUp = givenUpBatches(fetched);
    for (const batch of batches) {
      const first = Number(batch.firstOffset);
      if (!isGivenUp(batch) && (batch.attributes & IS_CONTROL) === 0)
        for (const record of batch.records) {
          const offset = first + record.offsetDelta;
          // The broker answers with whole batches, of which the first may begin before the position.
          if (offset < position || offset >= until) continue;
          yield {
            key: record.key?.toString("utf8") ?? "",
            value: record.value ?? Buffer.alloc(0),
            offset,
            timestampMs: Number(batch.firstTimestamp + record.timestampDelta),
          };
        }
      position = Math.max(position, first + batch.lastOffsetDelta + 1);
    }
    if (batches.length > 0) movedAtMs = performance.now();
    else if (performance.now() - movedAtMs > STANDSTILL_MS) {
      const what = `offset ${position} of ${topic}/${partition} cannot be read for ${STANDSTILL_MS / 1_000} s`;
      throw new KafkaPublishError(`${what}: a transaction before it has no end`, { topic, partition, position });
    }
  }
}

async function fetchOnce(kafka: KafkaClient, consumer: Consumer, range: PartitionRange): Promise<FetchedPartition> {
  const { topic, partition, from } = range;
  return await kafka.ask(`read ${topic}/${partition} from offset ${from}`, async () => {
    const found = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
    const leader = found?.partitions[partition];
    if (found === undefined || leader === undefined) throw new KafkaPublishError(`there is no ${topic}/${partition}`);
    const wanted = {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(from),
      lastFetchedEpoch: -1,
      partitionMaxBytes: FETCH_BYTES,
    };
    const answer = await consumer.fetch({
      node: leader.leader,
      topics: [{ topicId: found.id, partitions: [wanted] }],
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: READ_COMMITTED,
    });
    const fetched = answer.responses[0]?.partitions[0];
    return fetched ?? { ...EMPTY, partitionIndex: partition };
  });
}

/** True for batches of transactions that were given up: between the first offset that the broker names and the mark that says so. */
function givenUpBatches(fetched: FetchedPartition) {
  const starts = (fetched.abortedTransactions ?? []).toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  let next = 0;
  return (batch: NonNullable<FetchedPartition["records"]>[number]): boolean => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let start = starts[next]; start !== undefined && start.firstOffset <= last; start = starts[next]) {
      open.add(start.producerId);
      next += 1;
    }
    if ((batch.attributes & IS_CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) open.delete(batch.producerId);
      return true;
    }
    return (batch.attributes & IS_TRANSACTIONAL) !== 0 && open.has(batch.producerId);
  };
}

const EMPTY = {
  errorCode: 0,
  highWatermark: -1n,
  lastStableOffset: -1n,
  logStartOffset: -1n,
  abortedTransactions: null,
  preferredReadReplica: -1,
  records: null,
} satisfies Omit<FetchedPartition, "partitionIndex">;
