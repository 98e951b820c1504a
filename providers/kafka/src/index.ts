export { openKafka, type AskOptions, type KafkaClient, type KafkaContext } from "./open-kafka.ts";
export type { KafkaTarget, TargetOptions } from "./kafka-settings.ts";
export { javaSettings, type JavaKafkaSettings } from "./java-settings.ts";
export { kafkaProduce, type KafkaProduceOptions } from "./produce/kafka-produce.ts";
export {
  produceMessages,
  type MessageSource,
  type ProducedMessages,
  type ProduceOptions,
} from "./produce/produce-messages.ts";
export type { KafkaMessage } from "./produce/message.ts";
export { readLines } from "./produce/read-lines.ts";
export { kafkaTopics, type ChangedTopics, type KafkaTopicsOptions } from "./topics/kafka-topics.ts";
export { deleteTopics, ensureTopics, type EnsuredTopics, type TopicSpec } from "./topics/change-topics.ts";
export { kafkaHealth, type KafkaHealth, type KafkaHealthOptions } from "./topics/kafka-health.ts";
export { kafkaLag, type GroupLag, type KafkaLagOptions, type PartitionLag } from "./consume/kafka-lag.ts";
export { waitForMessage, type WaitForMessageOptions } from "./consume/wait-for-message.ts";
export type { ReadMessage } from "./consume/read-message.ts";
export { startRunsFromTopic, type StartedRuns, type StartRunsOptions } from "./runs/start-runs-from-topic.ts";
