import { setTimeout as wait } from "node:timers/promises";
import { isMillraceError, MillraceError, parseDuration, type Duration, type RunContext } from "@millrace/core";
import type {
  Admin,
  BaseOptions,
  Consumer,
  ConsumerOptions,
  Producer,
  ProducerOptions,
  RetryDelayGetter,
} from "@platformatic/kafka";
import { kafkaError } from "./kafka-error.ts";
import { findSettings, type KafkaSettings, type KafkaTarget } from "./kafka-settings.ts";

const TIMEOUT: Duration = "30s";
/** Of one request; within it a broker that stands still is given up for another one. */
const REQUEST_MS = 10_000;
const CONNECT_MS = 5_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** For saying goodbye to a cluster that may be gone. */
const CLOSE_MS = 5_000;

/** What the hook needs of the context of a task or a callback. */
export type KafkaContext = Pick<RunContext, "connection" | "log" | "signal">;

/** Keys, values and headers as they are on the wire. */
type Raw<T> = T extends "producer"
  ? Producer<Buffer, Buffer, Buffer, Buffer>
  : Consumer<Buffer, Buffer, Buffer, Buffer>;

/** How {@link KafkaClient.ask} asks. */
export interface AskOptions {
  /** For all tries together. Default that of the client. */
  readonly timeout?: Duration;
  /** false: it is asked once. Default true: again after a pause, as long as the time allows, while the cluster cannot be reached. */
  readonly repeatable?: boolean;
}

/** A cluster. What it hands out lives until it is disposed of. */
export interface KafkaClient extends AsyncDisposable {
  readonly settings: Pick<KafkaSettings, "servers" | "user">;
  /** Topics, groups, offsets, settings of the cluster. The same one each time. */
  admin(): Admin;
  /** A producer with keys, values and headers as bytes, partitioned by key as Java's clients do. */
  producer(options?: Partial<ProducerOptions<Buffer, Buffer, Buffer, Buffer>>): Raw<"producer">;
  /** A consumer of a group, with keys, values and headers as bytes. */
  consumer(
    options: Partial<ConsumerOptions<Buffer, Buffer, Buffer, Buffer>> & { readonly groupId: string },
  ): Raw<"consumer">;
  /** Where a key goes among so many partitions, as Java's clients choose it: the client's own choice differs where their number is no power of two. */
  partitionOf(key: Buffer, count: number): number;
  /**
   * Asks the cluster something, within a limit and until the signal of the context fires.
   *
   * @param what ends "Kafka at … was asked to". @throws as `kafkaError` says; the signal's reason when it fires
   */
  ask<T>(what: string, call: () => Promise<T>, options?: AskOptions): Promise<T>;
}

/**
 * Opens a cluster. Nothing is connected before it is asked for something.
 *
 * @param options.timeout of each `ask`, all its tries together. Default `30s`. @param options.clientId as the cluster's logs show it. Default `millrace`.
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that names no broker
 * @example await using kafka = await openKafka({ connection: "kafka" }, { ctx });
 */
export async function openKafka(
  target: KafkaTarget,
  {
    ctx,
    timeout = TIMEOUT,
    clientId = "millrace",
  }: { readonly ctx: KafkaContext; readonly timeout?: Duration; readonly clientId?: string },
): Promise<KafkaClient> {
  const settings = await findSettings(target, ctx);
  // Loaded only by who talks to a cluster: DAG files that name an operator need not pay for it.
  const library = await import("@platformatic/kafka");
  const limitMs = parseDuration(timeout) / 1_000;
  const base: BaseOptions = {
    clientId,
    bootstrapBrokers: [...settings.brokers],
    ...settings.client,
    connectTimeout: Math.min(CONNECT_MS, limitMs),
    requestTimeout: Math.min(REQUEST_MS, limitMs),
    timeout: Math.min(REQUEST_MS, limitMs),
  };
  const open: (Admin | Raw<"producer"> | Raw<"consumer">)[] = [];
  const keep = <T extends Admin | Raw<"producer"> | Raw<"consumer">>(client: T): T => {
    open.push(client);
    return client;
  };
  const met: Met = {};
  const retryDelay = (...[, , attempt, , error]: Parameters<RetryDelayGetter>): number => {
    met.error = error;
    return pauseMs(attempt);
  };
  let admin: Admin | undefined;
  return {
    settings,
    // `ask` tries again itself: the client's own tries would multiply with each other, and know no limit and no signal.
    admin: () => (admin ??= keep(new library.Admin({ ...base, retries: 0 }))),
    producer: (options = {}) =>
      keep(
        new library.Producer<Buffer, Buffer, Buffer, Buffer>({
          ...base,
          partitioner: library.compatibilityPartitioner,
          retryDelay,
          ...options,
        }),
      ),
    consumer: (options) => {
      const consumer = keep(new library.Consumer<Buffer, Buffer, Buffer, Buffer>({ ...base, retryDelay, ...options }));
      // Without a listener, a heartbeat that fails would end the process.
      consumer.on("error", (error: Error) => ctx.log.debug(`consumer of ${options.groupId}: ${error.message}`));
      return consumer;
    },
    partitionOf: (key, count) => library.compatibilityPartitioner({ topic: "" }, key) % count,
    ask: async (what, call, options = {}) => await ask(call, { what, settings, ctx, met, timeout, ...options }),
    [Symbol.asyncDispose]: async () => void (await Promise.all(open.reverse().map(closeOne))),
  };
}

/** What the last try within the client has met, which it keeps to itself until it gives up. */
interface Met {
  error?: unknown;
}

interface Asking {
  readonly met: Met;
  readonly what: string;
  readonly settings: KafkaSettings;
  readonly ctx: KafkaContext;
  readonly timeout: Duration;
  readonly repeatable?: boolean;
}

async function ask<T>(
  call: () => Promise<T>,
  { what, settings, ctx, met, timeout, repeatable = true }: Asking,
): Promise<T> {
  const ended = new AbortController();
  const late = AbortSignal.timeout(parseDuration(timeout) / 1_000);
  const signal = AbortSignal.any([ctx.signal, late, ended.signal]);
  let last: Error | undefined;
  delete met.error;
  try {
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await Promise.race([call(), whenAborted(signal)]);
      } catch (error) {
        signal.throwIfAborted();
        last = kafkaError(error, { what, settings });
        if (!repeatable || !isTransient(last)) throw last;
        ctx.log.debug(`${last.message}; again in ${pauseMs(attempt)} ms`);
        await wait(pauseMs(attempt), undefined, { signal });
      }
    }
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!late.aborted) throw error;
    // What the tries before have met says more than that time is over.
    throw (
      last ??
      new MillraceError(
        "TIMEOUT",
        `Kafka at ${settings.servers} was asked to ${what}, and has not answered within ${timeout}`,
      )
    );
  } finally {
    ended.abort();
  }
}

/** Rejects when the signal fires. */
async function whenAborted(signal: AbortSignal): Promise<never> {
  return await new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function isTransient(error: Error): boolean {
  return isMillraceError(error) && (error.code === "UNREACHABLE" || error.code === "TIMEOUT");
}

function pauseMs(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

async function closeOne(client: Admin | Raw<"producer"> | Raw<"consumer">): Promise<void> {
  const ended = new AbortController();
  // A cluster that is gone cannot be said goodbye to: what holds its sockets then ends with their own timeouts.
  const closed = "consume" in client ? client.close(true) : client.close();
  await Promise.race([
    closed.catch(() => undefined),
    wait(CLOSE_MS, undefined, { signal: ended.signal }).catch(() => undefined),
  ]);
  ended.abort();
}
