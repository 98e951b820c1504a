import type { KafkaClient } from "../open-kafka.ts";
import type { Committed } from "./group-offsets.ts";

const NO_GENERATION = -1;

/** Commits offsets of a group that nobody is a member of, each with its note. @throws MillraceError TASK_FAILED when the group has members */
export async function commitOffsets(kafka: KafkaClient, group: string, offsets: readonly Committed[]): Promise<void> {
  if (offsets.length === 0) return;
  const { FindCoordinatorKeyTypes, offsetCommitV8 } = await import("@platformatic/kafka");
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, entries]) => ({
    name,
    partitions: entries.map(({ partition, offset, note }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: -1,
      committedMetadata: note,
    })),
  }));
  await kafka.ask(`note how far the group ${group} is`, async () => {
    const admin = kafka.admin();
    const [coordinator] = await admin.findCoordinator({ keyType: FindCoordinatorKeyTypes.GROUP, keys: [group] });
    const connections = await admin.connectToBrokers(coordinator && [coordinator.nodeId]);
    for (const connection of connections.values())
      await offsetCommitV8.api.async(connection, group, NO_GENERATION, "", null, topics);
  });
}
