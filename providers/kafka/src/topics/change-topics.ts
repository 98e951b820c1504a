import { setTimeout as wait } from "node:timers/promises";
import type { Context } from "@millrace/core";
import { answerName } from "../kafka-error.ts";
import type { KafkaClient } from "../open-kafka.ts";
import { findTopics } from "./find-topics.ts";

const LOOK_EVERY_MS = 100;
const LOOKS = 100;

/** A topic as it is to be. */
export interface TopicSpec {
  readonly topic: string;
  /** Default that of the cluster (`num.partitions`). */
  readonly partitions?: number;
  /** Default that of the cluster (`default.replication.factor`). */
  readonly replicas?: number;
  /** Settings of the topic, for example `{ "retention.ms": "86400000" }`. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** What happened to topics that were to be there. */
export interface EnsuredTopics {
  readonly created: readonly string[];
  /** Were there already. */
  readonly existing: readonly string[];
  /** Of `existing`, those that got more partitions. */
  readonly grown: readonly string[];
}

/**
 * Creates the topics that are missing, and waits until they can be written to. One that is there is fine: it keeps its settings, and its partitions unless
 * `grow` is set and it has fewer.
 *
 * @throws Permanent when the cluster does not take a name, number, setting, or the user
 */
export async function ensureTopics(
  kafka: KafkaClient,
  topics: readonly TopicSpec[],
  { ctx, grow = false }: { readonly ctx: Pick<Context, "log" | "signal">; readonly grow?: boolean },
): Promise<EnsuredTopics> {
  const names = topics.map(({ topic }) => topic);
  const found = await findTopics(kafka, names);
  const created: string[] = [];
  const grown: string[] = [];
  for (const spec of topics) {
    const there = found.get(spec.topic);
    if (there === undefined) {
      if (await createTopic(kafka, spec)) created.push(spec.topic);
      continue;
    }
    if (spec.partitions === undefined || spec.partitions === there.partitions) continue;
    if (grow && spec.partitions > there.partitions) {
      await growTopic(kafka, spec.topic, spec.partitions);
      grown.push(spec.topic);
    } else
      ctx.log.warn("topic has another number of partitions", {
        topic: spec.topic,
        partitions: there.partitions,
        wanted: spec.partitions,
      });
  }
  if (created.length > 0) await untilThere(kafka, created, ctx.signal);
  return { created, existing: names.filter((name) => !created.includes(name)), grown };
}

/** Deletes topics; one that is not there is fine. @returns those that were there */
export async function deleteTopics(kafka: KafkaClient, topics: readonly string[]): Promise<readonly string[]> {
  const present = [...(await findTopics(kafka, topics)).keys()];
  for (const topic of present)
    await kafka.ask(`delete the topic ${topic}`, async () => {
      try {
        await kafka.admin().deleteTopics({ topics: [topic] });
      } catch (error) {
        // A try whose answer was lost has deleted it, or somebody else has.
        if (answerName(error) !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
      }
    });
  return present;
}

/** @returns false when it was there, because somebody else was faster, or an earlier try whose answer was lost */
async function createTopic(
  kafka: KafkaClient,
  { topic, partitions = -1, replicas = -1, configs = {} }: TopicSpec,
): Promise<boolean> {
  return await kafka.ask(`create the topic ${topic}`, async () => {
    try {
      await kafka.admin().createTopics({
        topics: [topic],
        partitions,
        replicas,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      });
      return true;
    } catch (error) {
      if (answerName(error) === "TOPIC_ALREADY_EXISTS") return false;
      throw error;
    }
  });
}

async function growTopic(kafka: KafkaClient, topic: string, count: number): Promise<void> {
  await kafka.ask(`give the topic ${topic} ${count} partitions`, async () => {
    // Null lets the cluster choose brokers; the client's types know only lists, and an empty one is refused.
    const assignments = null as unknown as [];
    await kafka.admin().createPartitions({ topics: [{ name: topic, count, assignments }] });
  });
}

/** A broker hears of a new topic from the controller, a moment after it was made. */
async function untilThere(kafka: KafkaClient, topics: readonly string[], signal: AbortSignal): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const found = await findTopics(kafka, topics);
    if (topics.every((topic) => found.get(topic)?.leaderless.length === 0)) return;
    await wait(LOOK_EVERY_MS, undefined, { signal });
  }
}
