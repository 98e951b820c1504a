import type { KafkaUser } from "../servers/kafka-doors.ts";
import { otherClient } from "./other-client.ts";

const TOPIC_RESOURCE = 2;

/** What Kafka takes of itself. */
export const USUAL_MESSAGE_BYTES = 1_048_588;

/** Sets `max.message.bytes` of a topic, which is created first if it has to be. */
export async function limitMessages(servers: string, topic: string, bytes: number, user?: KafkaUser): Promise<void> {
  const admin = otherClient(servers, user).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    const configEntries = [{ name: "max.message.bytes", value: String(bytes) }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic, configEntries }],
    });
  } finally {
    await admin.disconnect();
  }
}
