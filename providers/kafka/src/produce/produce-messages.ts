import { parseDuration, Permanent, type Duration, type RunContext } from "@millrace/core";
import { answerName } from "../kafka-error.ts";
import type { KafkaClient } from "../open-kafka.ts";
import { keyBytes, sizeOf, toWire, type KafkaMessage, type WireMessage } from "./message.ts";
import { Partitions } from "./partitions.ts";

const BATCH_SIZE = 1_000;
/** Brokers take record batches of 1 MiB unless they are told otherwise; compressing can only make them smaller. */
const BATCH_BYTES = 900_000;
const LINGER: Duration = "100ms";
const MOST_IN_FLIGHT = 4;
const MOST_LOGGED = 20;
/** Answers that mean that one message of a batch, and not the cluster, is to blame. */
const REFUSALS: readonly (string | undefined)[] = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"];

/** Where messages come from, one after the other; only as many as are in flight are held in memory. */
export type MessageSource = Iterable<KafkaMessage> | AsyncIterable<KafkaMessage>;

/** How {@link produceMessages} writes. */
export interface ProduceOptions {
  /** Where messages go that name no topic. */
  readonly topic?: string;
  /** At most so many messages of a partition are sent together. Default 1 000. */
  readonly batchSize?: number;
  /** A message waits at most so long for others. Default `100ms`. */
  readonly linger?: Duration;
  /** Default `gzip`. */
  readonly compression?: "none" | "gzip" | "zstd";
  /** `all` (default): each replica in sync has it. `leader`: only the leader has it, and may lose it. */
  readonly acks?: "all" | "leader";
  /** The cluster drops what a repeated request would write twice. Default true with acks `all`. It ends with the call: a retry of the task writes all again. */
  readonly idempotent?: boolean;
  /** A message that cannot be written (no JSON, too large): fail (default) without another try, or log and leave it out. */
  readonly onBadMessage?: "fail" | "skip";
}

/** What was written. */
export interface ProducedMessages {
  readonly sent: number;
  readonly skipped: number;
  /** Topic → partition → how many. */
  readonly partitions: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Writes messages, in their order within each partition. When it returns, all of them are written; when it throws, some are.
 *
 * @throws Permanent for a topic that is not there, a message that cannot be written, or a login that is refused; MillraceError UNREACHABLE, TIMEOUT
 */
export async function produceMessages(
  kafka: KafkaClient,
  source: MessageSource,
  { ctx, ...options }: ProduceOptions & { readonly ctx: Pick<RunContext, "log" | "signal"> },
): Promise<ProducedMessages> {
  const writer = new Writer(kafka, options, ctx);
  const ended = new AbortController();
  const timer = setInterval(() => writer.flush(), parseDuration(options.linger ?? LINGER) / 1_000);
  const stopped = new Promise<never>((_, reject) => {
    const stop = (): void => reject(ctx.signal.reason as Error);
    if (ctx.signal.aborted) stop();
    ctx.signal.addEventListener("abort", stop, { signal: ended.signal });
  });
  try {
    // A source that never ends must keep neither a stop nor a failure waiting.
    return await Promise.race([writeAll(writer, source, ctx.signal), writer.failed, stopped]);
  } finally {
    clearInterval(timer);
    ended.abort();
    writer.close();
  }
}

async function writeAll(writer: Writer, source: MessageSource, signal: AbortSignal): Promise<ProducedMessages> {
  for await (const message of source) {
    signal.throwIfAborted();
    await writer.add(message);
  }
  writer.flush();
  await writer.settle();
  return writer.result();
}

/** Gathers messages by partition and sends each partition's batches one after the other, some partitions at once. */
class Writer {
  readonly #kafka: KafkaClient;
  readonly #options: ProduceOptions;
  readonly #ctx: Pick<RunContext, "log">;
  readonly #producer: ReturnType<KafkaClient["producer"]>;
  readonly #partitions: Partitions;
  readonly #gathered = new Map<string, { messages: WireMessage[]; bytes: number }>();
  readonly #tails = new Map<string, Promise<void>>();
  readonly #counts: Record<string, Record<string, number>> = {};
  readonly #fail: (error: Error) => void;
  /** Rejects with the first failure. */
  readonly failed: Promise<never>;
  #inFlight = 0;
  #room: (() => void) | undefined;
  #isClosed = false;
  #sent = 0;
  #taken = 0;
  #skipped = 0;

  constructor(kafka: KafkaClient, options: ProduceOptions, ctx: Pick<RunContext, "log">) {
    const { acks = "all", idempotent = acks === "all", compression = "gzip" } = options;
    this.#kafka = kafka;
    this.#options = options;
    this.#ctx = ctx;
    this.#partitions = new Partitions(kafka);
    // Its tries repeat a batch under the same sequence number, so they are the client's, bounded by the limit of `ask`.
    this.#producer = kafka.producer({ acks: acks === "all" ? -1 : 1, idempotent, compression, retries: 20 });
    let fail: (error: Error) => void = () => undefined;
    this.failed = new Promise<never>((_, reject) => (fail = reject));
    this.failed.catch(() => undefined);
    this.#fail = fail;
  }

  /** Takes a message; waits while too many batches are on their way. */
  async add(message: KafkaMessage): Promise<void> {
    this.#taken += 1;
    const wire = await this.#wireOf(message);
    if (wire === undefined) return;
    const at = `${wire.topic}/${wire.partition}`;
    const size = sizeOf(wire);
    let batch = this.#gathered.get(at);
    if (batch !== undefined && batch.bytes + size > BATCH_BYTES) {
      this.#send(at);
      batch = undefined;
    }
    if (batch === undefined) this.#gathered.set(at, (batch = { messages: [], bytes: 0 }));
    batch.messages.push(wire);
    batch.bytes += size;
    if (batch.messages.length >= (this.#options.batchSize ?? BATCH_SIZE)) this.#send(at);
    while (this.#inFlight >= MOST_IN_FLIGHT) await new Promise<void>((resolve) => (this.#room = resolve));
  }

  /** Sends what is gathered. */
  flush(): void {
    for (const at of [...this.#gathered.keys()]) this.#send(at);
  }

  /** Waits until all that was sent is written. */
  async settle(): Promise<void> {
    while (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#room = resolve));
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#gathered.clear();
  }

  result(): ProducedMessages {
    return { sent: this.#sent, skipped: this.#skipped, partitions: this.#counts };
  }

  async #wireOf(message: KafkaMessage): Promise<WireMessage | undefined> {
    const topic = message.topic ?? this.#options.topic;
    if (topic === undefined) throw new Permanent("a message names no topic, and neither does the option topic");
    const key = keyBytes(message);
    const partition =
      message.partition ?? this.#partitions.partitionOf(topic, key) ?? (await this.#partitions.find(topic, key));
    try {
      return toWire(message, { topic, partition, key });
    } catch (error) {
      const what = `message ${this.#taken} for ${topic}: ${(error as Error).message}`;
      this.#meetBad(what, error as Error);
      return undefined;
    }
  }

  #send(at: string): void {
    const batch = this.#gathered.get(at);
    if (batch === undefined || this.#isClosed) return;
    this.#gathered.delete(at);
    this.#partitions.turn();
    this.#inFlight += 1;
    const tail = (this.#tails.get(at) ?? Promise.resolve())
      .then(async () => await this.#write(at, batch.messages))
      .then(
        () => {
          this.#inFlight -= 1;
          this.#room?.();
        },
        (error: unknown) => {
          this.#isClosed = true;
          this.#fail(error as Error);
        },
      );
    this.#tails.set(at, tail);
  }

  async #write(at: string, messages: WireMessage[]): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#kafka.ask(
        `write ${messages.length} messages to ${at}`,
        async () => await this.#producer.send({ messages }),
        { repeatable: false },
      );
      this.#count(messages);
    } catch (error) {
      if (!REFUSALS.includes(answerName(error))) throw error;
      // A broker refuses whole batches: halving them finds the message.
      const half = Math.ceil(messages.length / 2);
      if (messages.length === 1)
        return this.#meetBad(`a message for ${at}: ${(error as Error).message}`, error as Error);
      await this.#write(at, messages.slice(0, half));
      await this.#write(at, messages.slice(half));
    }
  }

  #count(messages: readonly WireMessage[]): void {
    const [first] = messages;
    if (first === undefined) return;
    const counts = (this.#counts[first.topic] ??= {});
    counts[first.partition] = (counts[first.partition] ?? 0) + messages.length;
    this.#sent += messages.length;
  }

  #meetBad(what: string, error: Error): void {
    if (this.#options.onBadMessage !== "skip") throw Object.assign(new Permanent(what), { cause: error });
    this.#skipped += 1;
    if (this.#skipped <= MOST_LOGGED) this.#ctx.log.warn("message left out", { reason: what });
  }
}
