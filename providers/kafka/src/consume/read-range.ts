import type { RecordsBatch } from "@platformatic/kafka";
import { MillraceError } from "@millrace/core";
import type { KafkaClient } from "../open-kafka.ts";
import { committedBatches, type GivenUp } from "./given-up.ts";
import { messageOf, type ReadMessage } from "./read-message.ts";

const BYTES = 4 * 1_048_576;
const WAIT_MS = 500;

/** A stretch of a partition: from one offset, that included, up to another, that not. */
export interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

type Reader = ReturnType<KafkaClient["consumer"]>;

/**
 * Reads a stretch of a partition without being a member of a group. Only some of it is held in memory. It ends early where there is
 * nothing more to read: compacted away, or part of a transaction that is still open. Messages of transactions that were given up are left out.
 *
 * @param reader any consumer of the client; it need not have joined.
 */
export async function* readRange(
  kafka: KafkaClient,
  reader: Reader,
  { topic, partition, from, to }: Range,
): AsyncGenerator<ReadMessage> {
  let at = from;
  while (at < to) {
    const { batches, givenUp } = await fetchFrom(kafka, reader, { topic, partition, from: at, to });
    if (batches.length === 0) return;
    const isCommitted = committedBatches(givenUp);
    let next = at;
    for (const batch of batches) {
      const after = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      if (after > next) next = after;
      if (!isCommitted(batch)) continue;
      for (const message of messagesOf(batch, { topic, partition })) {
        if (message.offset >= Number(to)) return;
        if (message.offset >= Number(at)) yield message;
      }
    }
    if (next === at) return;
    at = next;
  }
}

function* messagesOf(
  batch: RecordsBatch,
  at: { readonly topic: string; readonly partition: number },
): Generator<ReadMessage> {
  for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records)
    yield messageOf({
      ...at,
      offset: batch.firstOffset + BigInt(offsetDelta),
      timestamp: batch.firstTimestamp + timestampDelta,
      key,
      value,
      headers,
    });
}

async function fetchFrom(
  kafka: KafkaClient,
  reader: Reader,
  { topic, partition, from }: Range,
): Promise<{ readonly batches: readonly RecordsBatch[]; readonly givenUp: readonly GivenUp[] }> {
  return await kafka.ask(`read ${topic}/${partition} from offset ${from}`, async () => {
    reader.topics.track(topic);
    const metadata = await reader.metadata({ topics: [topic] });
    const found = metadata.topics.get(topic);
    const leader = found?.partitions[partition]?.leader;
    if (found === undefined || leader === undefined)
      throw new MillraceError("UNREACHABLE", `no broker leads ${topic}/${partition}`);
    const wanted = {
      partition,
      fetchOffset: from,
      partitionMaxBytes: BYTES,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    };
    const answer = await reader.fetch({
      node: leader,
      topics: [{ topicId: found.id, partitions: [wanted] }],
      minBytes: 1,
      maxBytes: BYTES,
      maxWaitTime: WAIT_MS,
      isolationLevel: 1,
    });
    const read = answer.responses
      .flatMap(({ partitions }) => partitions)
      .find(({ partitionIndex }) => partitionIndex === partition);
    return { batches: read?.records ?? [], givenUp: read?.abortedTransactions ?? [] };
  });
}
