import { parseDuration, type Duration, type RunContext } from "@millrace/core";
import type { Message } from "@platformatic/kafka";
import { commitOffsets } from "../consume/commit-offsets.ts";
import { withoutGivenUp } from "../consume/given-up.ts";
import { committedOf, endsOf } from "../consume/group-offsets.ts";
import { answerName, kafkaError } from "../kafka-error.ts";
import type { KafkaClient } from "../open-kafka.ts";

const FETCH_WAIT_MS = 500;
const TRIES = 5;
/** A broker that waits for the session of a dead member answers so much after it has ended. */
const GRACE_MS = 5_000;

/** A message as the client reads it. */
export type RawMessage = Message<Buffer, Buffer, Buffer, Buffer>;

/** What to follow, and how long. */
export interface FollowOptions {
  readonly topic: string;
  readonly group: string;
  /** At most so many messages are handed over together. */
  readonly batchSize: number;
  readonly maxMessages: number;
  readonly maxTime: Duration;
  /** End when nothing has come for so long. */
  readonly idle?: Duration;
  /** A member that is silent for so long is dead, and others take over. */
  readonly sessionTimeout: Duration;
}

/** Why following ended. */
export type FollowEnd = "time" | "messages" | "idle";

type Consumer = ReturnType<KafkaClient["consumer"]>;
type Stream = Awaited<ReturnType<Consumer["consume"]>>;

/** @returns how many messages from the beginning of each partition are done with; they are committed, and it throws `failure` when there is one */
export type HandleBatch = (
  batch: readonly RawMessage[],
) => Promise<{ readonly done: readonly RawMessage[]; readonly failure?: Error }>;

/** A group that has committed nothing in a partition begins at its present end, from now on. */
export async function beginAtEnd(
  kafka: KafkaClient,
  { topic, group, partitions }: { readonly topic: string; readonly group: string; readonly partitions: number },
): Promise<void> {
  const committed = await committedOf(kafka, group, [topic]);
  const ends = await endsOf(kafka, topic, partitions);
  const missing = ends.flatMap(({ end }, partition) =>
    committed.some((entry) => entry.partition === partition) ? [] : [{ topic, partition, offset: end, note: "" }],
  );
  try {
    await commitOffsets(kafka, group, missing);
  } catch (error) {
    // Only for a group without members can others commit; one that has them has begun already.
    if (answerName(error) !== "UNKNOWN_MEMBER_ID") throw error;
  }
}

/**
 * Reads a topic as a member of a group and hands batches over; commits what is done with, and only that. Leaves the group when the time is over, when the
 * signal fires, or when something fails.
 *
 * @throws as `kafkaError` says; the failure of a batch; the signal's reason
 */
export async function followTopic(
  kafka: KafkaClient,
  {
    ctx,
    handle,
    ...options
  }: FollowOptions & { readonly ctx: Pick<RunContext, "log" | "signal">; readonly handle: HandleBatch },
): Promise<FollowEnd> {
  const { topic, group, sessionTimeout, maxMessages, batchSize } = options;
  const sessionMs = parseDuration(sessionTimeout) / 1_000;
  const consumer = withoutGivenUp(
    kafka.consumer({
      groupId: group,
      autocommit: false,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      heartbeatInterval: Math.min(3_000, sessionMs / 3),
      requestTimeout: sessionMs + GRACE_MS,
      maxWaitTime: FETCH_WAIT_MS,
      retries: TRIES,
    }),
  );
  const stream = await kafka.ask(
    `let millrace join the group ${group} of ${topic}`,
    async () => await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest" }),
    { timeout: `${Math.ceil((2 * sessionMs + GRACE_MS) / 1_000)}s`, repeatable: false },
  );
  const until = Date.now() + parseDuration(options.maxTime) / 1_000;
  const idleMs = options.idle === undefined ? Number.POSITIVE_INFINITY : parseDuration(options.idle) / 1_000;
  const asked = { what: `read ${topic} for the group ${group}`, settings: kafka.settings };
  for (let seen = 0; ;) {
    if (seen >= maxMessages) return "messages";
    const batch = take(stream, Math.min(batchSize, maxMessages - seen));
    if (batch.length > 0) {
      seen += batch.length;
      const { done, failure } = await handle(batch);
      await commit(kafka, consumer, { group, done });
      if (failure !== undefined) throw failure;
      ctx.signal.throwIfAborted();
      if (Date.now() < until) continue;
    }
    const leftMs = until - Date.now();
    if (leftMs <= 0) return "time";
    const waited = await whenReadable(stream, { waitMs: Math.min(leftMs, idleMs), signal: ctx.signal });
    ctx.signal.throwIfAborted();
    if (waited instanceof Error) throw kafkaError(waited, asked);
    if (waited === "nothing") return idleMs < leftMs ? "idle" : "time";
  }
}

function take(stream: Stream, most: number): readonly RawMessage[] {
  const batch: RawMessage[] = [];
  while (batch.length < most) {
    const message = stream.read() as RawMessage | null;
    if (message === null) break;
    batch.push(message);
  }
  return batch;
}

/** @returns the stream's error when it has failed or ended. */
async function whenReadable(
  stream: Stream,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<"something" | "nothing" | Error> {
  return await new Promise((resolve) => {
    const settle = (found: "something" | "nothing" | Error): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      stream.removeListener("readable", read).removeListener("error", settle).removeListener("close", ended);
      resolve(found);
    };
    const read = (): void => settle("something");
    const stop = (): void => settle("nothing");
    const ended = (): void => settle(stream.errored ?? new Error("the stream of messages has ended"));
    const timer = setTimeout(stop, waitMs);
    if (signal.aborted) return stop();
    if (stream.destroyed) return ended();
    signal.addEventListener("abort", stop);
    stream.on("readable", read).on("error", settle).on("close", ended);
  });
}

async function commit(
  kafka: KafkaClient,
  consumer: Consumer,
  { group, done }: { readonly group: string; readonly done: readonly RawMessage[] },
): Promise<void> {
  const last = new Map<number, RawMessage>();
  for (const message of done) last.set(message.partition, message);
  if (last.size === 0) return;
  const offsets = [...last.values()].map(({ topic, partition, offset, leaderEpoch }) => ({
    topic,
    partition,
    offset: offset + 1n,
    leaderEpoch,
  }));
  await kafka.ask(`note how far the group ${group} is`, async () => await consumer.commit({ offsets }), {
    repeatable: false,
  });
}
