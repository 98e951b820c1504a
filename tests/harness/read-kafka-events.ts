import type { KafkaUser } from "../servers/kafka-doors.ts";
import { otherClient } from "./other-client.ts";
import { readCommitted } from "./read-committed.ts";
import type { Row } from "./read-domain-data.ts";

const TOPICS = ["malware_domains", "ads_trackers_domains"];

/** All committed events of both topics of the domain ingestion, read by another client than the pipeline's. */
export async function readKafkaEvents(servers: string, user?: KafkaUser): Promise<readonly Row[]> {
  const values = await readCommitted(otherClient(servers, user), TOPICS);
  return values.map((value) => JSON.parse(value) as Row);
}
