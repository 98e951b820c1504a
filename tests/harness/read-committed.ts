import type { Kafka } from "kafkajs";

const LIMIT_MS = 60_000;

/** The values of all committed messages of topics up to their present ends, read by this client. @throws Error when it is not through after a minute */
export async function readCommitted(client: Kafka, topics: readonly string[]): Promise<readonly string[]> {
  // An answer of the broker without messages of a partition counts as its end, though on a busy machine it may come before they do: one reading can
  // be short, never long.
  for (let before = await readOnce(client, topics); ;) {
    const values = await readOnce(client, topics);
    if (values.length === before.length) return values;
    before = values;
  }
}

async function readOnce(client: Kafka, topics: readonly string[]): Promise<readonly string[]> {
  const admin = client.admin();
  const consumer = client.consumer({ groupId: `test-${Math.random()}`, maxWaitTimeInMs: 100 });
  const values: string[] = [];
  const left = new Map<string, number>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`not read to the end: ${[...left.keys()].join(", ")}`)), LIMIT_MS);
  try {
    await Promise.all([admin.connect(), consumer.connect()]);
    for (const topic of topics)
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        if (Number(high) > 0) left.set(`${topic}/${partition}`, Number(high));
    if (left.size === 0) return values;
    // Not the batches themselves: of one with nothing but marks and aborted messages only this event tells.
    consumer.on("consumer.end_batch_process", ({ payload: { topic, partition, lastOffset } }) => {
      const place = `${topic}/${partition}`;
      if (Number(lastOffset) + 1 >= (left.get(place) ?? 0)) left.delete(place);
      if (left.size === 0) resolve();
    });
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch }) => void values.push(...batch.messages.map(({ value }) => String(value))),
    });
    await promise;
    return values;
  } finally {
    clearTimeout(timer);
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}
