import { Kafka, logLevel } from "kafkajs";
import type { KafkaUser } from "../servers/kafka-doors.ts";

/** A client of Kafka that shares no code with the one of the providers. */
export function otherClient(servers: string, user?: KafkaUser): Kafka {
  const login = user && {
    sasl: { mechanism: "plain", username: user.user, password: user.password } as const,
  };
  return new Kafka({ clientId: "test", brokers: [servers], logLevel: logLevel.NOTHING, ...login });
}
