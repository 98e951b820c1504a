import { MillraceError, operator, type Context, type Duration } from "@millrace/core";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka, type KafkaClient } from "../open-kafka.ts";
import { ensureTopics } from "./change-topics.ts";
import { findTopics } from "./find-topics.ts";
import { TOPIC_PROPERTIES } from "./kafka-topics.ts";

const TIMEOUT: Duration = "5s";

/** Options of {@link kafkaHealth}. */
export interface KafkaHealthOptions extends TargetOptions {
  /** Topics that must be there. Default none. */
  readonly topics?: readonly string[];
  /** `fail` (default), or `create` them as `partitions`, `replicas` and `configs` say. */
  readonly whenMissing?: "fail" | "create";
  readonly partitions?: number;
  readonly replicas?: number;
  readonly configs?: Readonly<Record<string, string>>;
  /** At least so many brokers. Default 1. */
  readonly minBrokers?: number;
  /** Of each question to the cluster, all its tries together. Default `5s`. */
  readonly timeout?: Duration;
}

/** What {@link kafkaHealth} returns. */
export interface KafkaHealth {
  readonly status: "healthy";
  /** How many brokers the cluster has. */
  readonly brokers: number;
  readonly clusterId: string;
  /** Those that had to be there. */
  readonly topics: readonly string[];
  /** Of these, those that were missing. */
  readonly created: readonly string[];
}

/**
 * Looks whether a cluster answers, has its brokers and its topics, and whether each partition of these has a leader.
 *
 * @throws MillraceError TASK_FAILED that names missing topics or partitions without a leader, UNREACHABLE or TIMEOUT when nobody answers; Permanent for a login
 *   that is refused
 * @example kafkaHealth({ connection: "kafka", topics: ["orders", "payments"] })
 */
export const kafkaHealth = operator({
  name: "KafkaHealthCheckOperator",
  color: "#ffd700",
  doc: [
    "Looks whether a cluster answers, has its brokers and its topics, and whether each partition of these topics has a leader. Missing topics are an error that",
    'names them, or are created with `whenMissing: "create"`.',
    "",
    '**Result**: `{ status: "healthy", brokers, clusterId, topics, created }`. **Fails** with `TASK_FAILED` naming what is missing, with `UNREACHABLE` or `TIMEOUT`',
    "when nobody answers, and without another try when the login is refused. It changes nothing, or what a retry finds done.",
  ].join("\n"),
  templated: ["servers", "topics"],
  schema: {
    type: "object",
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      topics: {
        type: "array",
        items: { type: "string", minLength: 1 },
        default: [],
        description: "Topics that must be there.",
      },
      whenMissing: { enum: ["fail", "create"], default: "fail", description: "What to do about missing topics." },
      ...TOPIC_PROPERTIES,
      minBrokers: { type: "integer", minimum: 1, default: 1, description: "At least so many brokers." },
      timeout: {
        type: "string",
        default: "5s",
        description: "Of each question to the cluster, all its tries together.",
      },
    },
  },
  run: async (options: KafkaHealthOptions, ctx: Context): Promise<KafkaHealth> => {
    const { topics = [], minBrokers = 1, timeout = TIMEOUT } = options;
    await using kafka = await openKafka(targetOf(options), { ctx, timeout, clientId: "millrace_health_check" });
    const metadata = await kafka.ask(
      "name its brokers",
      async () => await kafka.admin().metadata({ topics: [], forceUpdate: true }),
    );
    const brokers = metadata.brokers.size;
    if (brokers < minBrokers)
      throw new MillraceError(
        "TASK_FAILED",
        `the cluster at ${kafka.settings.servers} has ${brokers} of at least ${minBrokers} brokers`,
      );
    const created = topics.length === 0 ? [] : await lookAtTopics(kafka, options, ctx);
    ctx.log.info("Kafka is healthy", { brokers, topics, created });
    return { status: "healthy", brokers, clusterId: metadata.id, topics, created };
  },
});

/** @returns those that were created */
async function lookAtTopics(kafka: KafkaClient, options: KafkaHealthOptions, ctx: Context): Promise<readonly string[]> {
  const { topics = [], whenMissing = "fail", partitions, replicas, configs } = options;
  const found = await findTopics(kafka, topics);
  const missing = topics.filter((topic) => !found.has(topic));
  if (missing.length > 0 && whenMissing === "fail")
    throw new MillraceError(
      "TASK_FAILED",
      `the cluster at ${kafka.settings.servers} misses the topics ${missing.join(", ")}: create them, or set whenMissing: "create"`,
    );
  const dead = [...found.values()].flatMap(({ topic, leaderless }) =>
    leaderless.map((partition) => `${topic}/${partition}`),
  );
  if (dead.length > 0)
    throw new MillraceError(
      "TASK_FAILED",
      `no broker of the cluster at ${kafka.settings.servers} leads the partitions ${dead.join(", ")}`,
    );
  if (missing.length === 0) return [];
  const specs = missing.map((topic) => ({
    topic,
    ...(partitions !== undefined && { partitions }),
    ...(replicas !== undefined && { replicas }),
    ...(configs && { configs }),
  }));
  return (await ensureTopics(kafka, specs, { ctx })).created;
}
