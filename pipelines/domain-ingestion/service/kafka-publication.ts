// A publication on Kafka is one transaction: its events and a mark in the topic `domain_publications` become readable together, or none does. Its id names the
// transaction too, so that of two tries at the same publication the later one fences off the earlier: what that had begun is given up by the broker before
// the later one looks for the mark. Then either the mark is there, and nothing is published, or nothing of it ever will be but this.
import { createHash } from "node:crypto";
import type { KafkaClient } from "@millrace/provider-kafka";
import { KafkaPublishError } from "../steps/pipeline-errors.ts";
import type { LogEvent, Publication, PublishReceipt } from "./event-log.ts";
import { openBatches } from "./event-batches.ts";
import type { KafkaSettings } from "./settings.ts";

/** Topic of the marks: key = batch id, value = {@link PublicationMark}. Compacted, and kept for as long as events. */
export const MARKS_TOPIC = "domain_publications";

const ALL_REPLICAS = -1;
/**
 * How long a publication may take. The broker gives up one that takes longer, or whose writer died; readers wait for that, unless another try ends it sooner.
 */
const PUBLICATION_MS = 300_000;
/** What a batch has beside its events' keys and values, at most, in bytes; and an event in it. */
const BATCH_BYTES = 1_024;
const EVENT_BYTES = 64;
const LARGEST_BATCH_BYTES = 512 * 1_024;
/** No record is larger: of a list's lines at most 16 Ki characters are read, and JSON makes at most 6 bytes of one. */
const LARGEST_RECORD_BYTES = 128 * 1_024;

type Transaction = Awaited<ReturnType<ReturnType<KafkaClient["producer"]>["beginTransaction"]>>;

/** That a publication took place. */
export interface PublicationMark {
  readonly topic: string;
  readonly published: number;
  readonly rejected: number;
  /** ISO instant, UTC. */
  readonly at: string;
}

/** What a publication needs of its log. */
export interface PublicationPorts {
  readonly kafka: KafkaClient;
  readonly settings: KafkaSettings;
  readonly nowMs: () => number;
  /** The mark of a batch id among all that is committed now. */
  readonly findMark: (batchId: string) => Promise<PublicationMark | undefined>;
  /** `max.message.bytes` of a topic. */
  readonly maxMessageBytes: (topic: string) => Promise<number>;
}

/** Publishes, unless it was done before. Holds one batch of events at a time. */
export async function publishOnce<Value>(
  ports: PublicationPorts,
  topic: string,
  { batchId, events }: Publication<Value>,
): Promise<PublishReceipt> {
  if (batchId === "" || batchId.length > 512)
    throw new KafkaPublishError("a batch id has 1 to 512 characters", { batchId });
  const before = await ports.findMark(batchId);
  if (before !== undefined) return receiptOf(before);
  const { kafka, settings } = ports;
  const maxMessageBytes = await ports.maxMessageBytes(topic);
  const transaction = await beginTransaction(kafka, batchId, settings.maxRetries);
  try {
    const rival = await ports.findMark(batchId);
    if (rival !== undefined) {
      await transaction.abort();
      return receiptOf(rival);
    }
    const send = async (messages: readonly LogEvent<string>[], to: string): Promise<void> => {
      const sent = messages.map(({ key, value }) => ({ topic: to, key: Buffer.from(key), value: Buffer.from(value) }));
      // Not again by itself: the client repeats with the same sequence numbers, which the broker tells apart; a second call would not.
      await kafka.ask(`write to the topic ${to}`, () => transaction.send({ messages: sent }), { repeatable: false });
    };
    const batches = openBatches({
      maxEvents: settings.batchSize,
      maxBytes: Math.min(LARGEST_BATCH_BYTES, maxMessageBytes - BATCH_BYTES),
      lingerMs: settings.lingerMs,
      eventBytes: EVENT_BYTES,
    });
    for await (const { key, value } of events as AsyncIterable<LogEvent<Value>>) {
      const full = batches.add({ key, value: JSON.stringify(value) });
      if (full !== undefined) await send(full, topic);
      if (batches.counts().rejected > 0) checkLimit(topic, maxMessageBytes);
    }
    const rest = batches.rest();
    if (rest.length > 0) await send(rest, topic);
    const mark = { topic, ...batches.counts(), at: new Date(ports.nowMs()).toISOString() };
    await send([{ key: batchId, value: JSON.stringify(mark) }], MARKS_TOPIC);
    // Whether a commit whose answer was lost took place, only the mark can tell: the next try asks it.
    await kafka.ask(`end the publication ${batchId}`, () => transaction.commit(), { repeatable: false });
    return { ...batches.counts(), alreadyPublished: false };
  } catch (error) {
    // A broker that is gone gives it up by itself, minutes later or when the next try fences this one off.
    await transaction.abort().catch(() => undefined);
    throw error;
  }
}

/**
 * Begins the transaction of a batch id. That of a try that was killed is given up by the broker meanwhile, which refuses to begin another until it has: each
 * attempt has a producer of its own, as the client takes a transaction for begun that the broker has refused.
 */
async function beginTransaction(kafka: KafkaClient, batchId: string, retries: number): Promise<Transaction> {
  const transactionalId = `domain-ingestion-${createHash("sha256").update(batchId).digest("hex").slice(0, 32)}`;
  const begin = async (): Promise<Transaction> => {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      timeout: PUBLICATION_MS,
      acks: ALL_REPLICAS,
      compression: "gzip",
      retries,
    });
    // Whatever producer had it before: the client's own default names the one with the number 0, and any other is fenced off by the broker.
    return await producer.beginTransaction({ producerId: -1n, producerEpoch: -1 });
  };
  return await kafka.ask(`begin the publication ${batchId}`, begin);
}

/** Where records of a usual size do not fit, the topic is at fault: were they left out, no later try would bring them. */
function checkLimit(topic: string, maxMessageBytes: number): void {
  if (maxMessageBytes >= LARGEST_RECORD_BYTES) return;
  throw new KafkaPublishError(
    `a record is larger than the topic ${topic} takes with its max.message.bytes of ${maxMessageBytes}; raise that to ${LARGEST_RECORD_BYTES} or more, ` +
      "and run it again: nothing of this try counts",
    { topic, maxMessageBytes },
  );
}

function receiptOf({ published, rejected }: PublicationMark): PublishReceipt {
  return { published, rejected, alreadyPublished: true };
}
