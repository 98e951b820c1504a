import type { KafkaUser } from "../servers/kafka.ts";
import { otherClient } from "./other-client.ts";
import type { Row } from "./read-domain-data.ts";

const TOPICS = ["malware_domains", "ads_trackers_domains"];

/** All committed events of both topics of the domain ingestion, read by another client than the pipeline's. */
export async function readKafkaEvents(servers: string, user?: KafkaUser): Promise<readonly Row[]> {
  const client = otherClient(servers, user);
  const admin = client.admin();
  const consumer = client.consumer({ groupId: `test-${Math.random()}` });
  const rows: Row[] = [];
  try {
    await Promise.all([admin.connect(), consumer.connect()]);
    const ends = new Map<string, number>();
    for (const topic of TOPICS)
      for (const { high } of await admin.fetchTopicOffsets(topic)) ends.set(topic, Number(high));
    if ([...ends.values()].every((end) => end === 0)) return [];
    await consumer.subscribe({ topics: TOPICS, fromBeginning: true });
    await new Promise<void>((done) => {
      const seen = new Map<string, number>();
      void consumer.run({
        // Marks of transactions take offsets at the end, which only whole batches tell.
        eachBatchAutoResolve: true,
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) rows.push(JSON.parse(String(value)) as Row);
          seen.set(batch.topic, Number(batch.lastOffset()) + 1);
          if (TOPICS.every((topic) => (seen.get(topic) ?? 0) >= (ends.get(topic) ?? 0))) done();
        },
      });
    });
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
  return rows;
}
