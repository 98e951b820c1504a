import { MillraceError, Permanent } from "@millrace/core";
import type { KafkaClient } from "../open-kafka.ts";
import { findTopics } from "../topics/find-topics.ts";

/** Says into which partition of its topic a message goes: by its key as Java's clients do, so that all of them agree; without one, in turn. */
export class Partitions {
  readonly #kafka: KafkaClient;
  readonly #counts = new Map<string, number>();
  #turn = 0;

  constructor(kafka: KafkaClient) {
    this.#kafka = kafka;
  }

  /** @returns undefined while the topic is not known: then {@link Partitions.find} asks for it */
  partitionOf(topic: string, key: Buffer | undefined): number | undefined {
    const count = this.#counts.get(topic);
    if (count === undefined) return undefined;
    return key === undefined ? this.#turn % count : this.#kafka.partitionOf(key, count);
  }

  /** @throws Permanent without such a topic */
  async find(topic: string, key: Buffer | undefined): Promise<number> {
    const found = (await findTopics(this.#kafka, [topic])).get(topic);
    if (found === undefined)
      throw new Permanent(
        `Kafka at ${this.#kafka.settings.servers} has no topic ${topic}: create it, for example with kafkaTopics`,
      );
    this.#counts.set(topic, found.partitions);
    const partition = this.partitionOf(topic, key);
    if (partition === undefined) throw new MillraceError("TASK_FAILED", `the topic ${topic} has no partitions`);
    return partition;
  }

  /** Messages without a key go to the next partition from now on. Whole batches of one partition compress better than messages that alternate. */
  turn(): void {
    this.#turn += 1;
  }
}
