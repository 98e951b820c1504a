import type { RecordsBatch } from "@platformatic/kafka";
import type { KafkaClient } from "../open-kafka.ts";

// Bits of a batch's attributes, and the type of a control record that says "given up", as Kafka's protocol has them.
const IS_TRANSACTIONAL = 0x10;
const IS_CONTROL = 0x20;
const ABORT = 0;

/** A transaction that was given up, as the broker names it beside what it answers: who wrote it, and where it begins. */
export interface GivenUp {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/**
 * Tells which batches of an answer hold messages that count. The broker sends those of transactions that were given up, too, and leaves it to
 * the reader to pass them: from the first offset that it names to the mark that ends the transaction. Marks are no messages either.
 *
 * @returns a function that is asked for each batch of the answer once, in their order.
 */
export function committedBatches(givenUp: readonly GivenUp[]): (batch: RecordsBatch) => boolean {
  const starts = givenUp.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  let next = 0;
  return (batch) => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let start = starts[next]; start !== undefined && start.firstOffset <= last; start = starts[next]) {
      open.add(start.producerId);
      next += 1;
    }
    if ((batch.attributes & IS_CONTROL) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) open.delete(batch.producerId);
      return false;
    }
    return (batch.attributes & IS_TRANSACTIONAL) === 0 || !open.has(batch.producerId);
  };
}

type Consumer = ReturnType<KafkaClient["consumer"]>;

/**
 * Has a consumer, and the streams that it makes, pass messages of transactions that were given up. Of itself it passes only the last transaction of each
 * writer in an answer, and that only when it ends in the same answer. Batches stay, without messages: they say how far was read.
 */
export function withoutGivenUp(consumer: Consumer): Consumer {
  const fetch = consumer.fetch.bind(consumer);
  type Answer = Awaited<ReturnType<typeof fetch>>;
  const emptied = (answer: Answer): Answer => {
    for (const { partitions } of answer.responses)
      for (const { records, abortedTransactions } of partitions) {
        const isCommitted = committedBatches(abortedTransactions ?? []);
        // Marks stay as they are: the stream knows them.
        for (const batch of records ?? [])
          if (!isCommitted(batch) && (batch.attributes & IS_CONTROL) === 0) batch.records = [];
      }
    return answer;
  };
  consumer.fetch = ((options, callback) => {
    if (callback === undefined) return fetch(options).then(emptied);
    return fetch(options, (error, answer) => callback(error, answer && emptied(answer)));
  }) as typeof consumer.fetch;
  return consumer;
}
