import { expect, test } from "vitest";
import type { KafkaClient } from "../open-kafka.ts";
import { readRange } from "./read-range.ts";

const TRANSACTIONAL = 0x10;
const MARK = 0x30;
const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

interface Batch {
  readonly at: number;
  readonly by?: number;
  readonly attributes?: number;
  readonly key?: Buffer;
  readonly values: readonly string[];
}

/** A reader whose broker has these batches, and names these transactions as given up. */
function readerOf(
  batches: readonly Batch[],
  abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] | null,
) {
  const records = batches.map(({ at, by = -1, attributes = 0, key = null, values }) => ({
    firstOffset: BigInt(at),
    lastOffsetDelta: values.length - 1,
    producerId: BigInt(by),
    attributes,
    firstTimestamp: 0n,
    records: values.map((value, offsetDelta) => ({
      offsetDelta,
      timestampDelta: 0n,
      key,
      value: Buffer.from(value),
      headers: [],
    })),
  }));
  const partition = { partitionIndex: 0, records, abortedTransactions };
  return {
    topics: { track: () => undefined },
    metadata: () => Promise.resolve({ topics: new Map([["t", { id: "id", partitions: [{ leader: 1 }] }]]) }),
    fetch: () => Promise.resolve({ responses: [{ partitions: [partition] }] }),
  } as unknown as ReturnType<KafkaClient["consumer"]>;
}

const kafka = {
  ask: async (_what: string, action: () => Promise<unknown>) => await action(),
} as unknown as KafkaClient;

async function valuesOf(reader: ReturnType<typeof readerOf>, to: number): Promise<readonly (string | null)[]> {
  const messages = await Array.fromAsync(
    readRange(kafka, reader, { topic: "t", partition: 0, from: 0n, to: BigInt(to) }),
  );
  return messages.map(({ value }) => value);
}

test("messages of a transaction that was given up are left out, those around it are not", async () => {
  const reader = readerOf(
    [
      { at: 0, values: ["plain"] },
      { at: 1, by: 7, attributes: TRANSACTIONAL, values: ["given up", "given up too"] },
      { at: 3, by: 8, attributes: TRANSACTIONAL, values: ["of another"] },
      { at: 4, values: ["plain between"] },
      { at: 5, by: 7, attributes: MARK, key: ABORT, values: [""] },
      { at: 6, by: 8, attributes: MARK, key: COMMIT, values: [""] },
      { at: 7, by: 7, attributes: TRANSACTIONAL, values: ["the same writer's next"] },
      { at: 8, by: 7, attributes: MARK, key: COMMIT, values: [""] },
    ],
    [{ producerId: 7n, firstOffset: 1n }],
  );
  expect(await valuesOf(reader, 9)).toEqual(["plain", "of another", "plain between", "the same writer's next"]);
});

test("a partition without transactions is read as it is, up to its end", async () => {
  const reader = readerOf([{ at: 0, values: ["a", "b", "c"] }], null);
  expect(await valuesOf(reader, 2)).toEqual(["a", "b"]);
});
