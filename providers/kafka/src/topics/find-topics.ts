import type { KafkaClient } from "../open-kafka.ts";

/** A topic that is there. */
export interface FoundTopic {
  readonly topic: string;
  readonly partitions: number;
  /** Partitions that no broker leads at the moment: nothing can be written to or read from them. */
  readonly leaderless: readonly number[];
}

/** The topics of these names that are there, by name. */
export async function findTopics(
  kafka: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, FoundTopic>> {
  const admin = kafka.admin();
  return await kafka.ask(`describe the topics ${topics.join(", ")}`, async () => {
    const known = new Set(await admin.listTopics({ includeInternals: true }));
    const present = topics.filter((topic) => known.has(topic));
    if (present.length === 0) return new Map();
    const metadata = await admin.metadata({ topics: [...present], forceUpdate: true });
    return new Map(
      present.flatMap((topic) => {
        const found = metadata.topics.get(topic);
        if (found === undefined) return [];
        const leaderless = found.partitions.flatMap(({ leader }, partition) => (leader < 0 ? [partition] : []));
        return [[topic, { topic, partitions: found.partitionsCount, leaderless }] as const];
      }),
    );
  });
}
