import { operator, type Context, type Duration } from "@millrace/core";
import { TARGET_PROPERTIES, targetOf, type TargetOptions } from "../kafka-settings.ts";
import { openKafka } from "../open-kafka.ts";
import { deleteTopics, ensureTopics, type TopicSpec } from "./change-topics.ts";

/** Options of {@link kafkaTopics}. */
export interface KafkaTopicsOptions extends TargetOptions {
  /** Names, or topics with what they are to be. */
  readonly topics: readonly (string | TopicSpec)[];
  /** `ensure` (default) creates what is missing; `delete` removes what is there. */
  readonly action?: "ensure" | "delete";
  /** Give a topic more partitions when it has fewer than it is to have. Default false: a line in the log. */
  readonly grow?: boolean;
  /** Of each question to the cluster, all its tries together. Default `30s`. */
  readonly timeout?: Duration;
}

/** What {@link kafkaTopics} returns. */
export interface ChangedTopics {
  readonly created: readonly string[];
  readonly existing: readonly string[];
  readonly grown: readonly string[];
  readonly deleted: readonly string[];
}

/** {@link TopicSpec} as properties of a JSON Schema. */
export const TOPIC_PROPERTIES = {
  partitions: { type: "integer", minimum: 1, description: "Default that of the cluster." },
  replicas: { type: "integer", minimum: 1, description: "Default that of the cluster." },
  configs: { type: "object", additionalProperties: { type: "string" }, description: "Settings of the topic." },
} as const;

/**
 * Creates or deletes topics. One that is there already, or gone already, is fine, so a retry does no harm.
 *
 * @throws Permanent when the cluster does not take a name, number or setting, or the login; MillraceError UNREACHABLE or TIMEOUT
 * @example kafkaTopics({ connection: "kafka", topics: [{ topic: "orders", partitions: 6, configs: { "retention.ms": "86400000" } }] })
 */
export const kafkaTopics = operator({
  name: "KafkaTopicsOperator",
  color: "#d7e3f4",
  doc: [
    "Creates topics that are missing (with partitions, replicas and settings), or deletes topics. One that is there already, or gone already, is fine, so a",
    "retry does no harm; it keeps its settings, and its number of partitions unless `grow` is set.",
    "",
    "**Result**: `{ created, existing, grown, deleted }`. **Fails** without another try when the cluster does not take a name, number or setting, or the login.",
  ].join("\n"),
  templated: ["servers", "topics"],
  schema: {
    type: "object",
    required: ["topics"],
    additionalProperties: false,
    properties: {
      ...TARGET_PROPERTIES,
      topics: {
        type: "array",
        minItems: 1,
        items: {
          anyOf: [
            { type: "string", minLength: 1 },
            {
              type: "object",
              required: ["topic"],
              additionalProperties: false,
              properties: { topic: { type: "string", minLength: 1 }, ...TOPIC_PROPERTIES },
            },
          ],
        },
        description: "Names, or `{ topic, partitions, replicas, configs }`.",
      },
      action: { enum: ["ensure", "delete"], default: "ensure", description: "Create what is missing, or delete." },
      grow: {
        type: "boolean",
        default: false,
        description: "Give a topic more partitions when it has fewer than it is to have.",
      },
      timeout: { type: "string", default: "30s", description: "Of each question to the cluster." },
    },
  },
  run: async (options: KafkaTopicsOptions, ctx: Context): Promise<ChangedTopics> => {
    const { topics, action = "ensure", grow = false, timeout } = options;
    await using kafka = await openKafka(targetOf(options), { ctx, ...(timeout !== undefined && { timeout }) });
    const specs = topics.map((topic) => (typeof topic === "string" ? { topic } : topic));
    if (action === "delete") {
      const deleted = await deleteTopics(
        kafka,
        specs.map(({ topic }) => topic),
      );
      ctx.log.info("topics deleted", { topics: deleted });
      return { created: [], existing: [], grown: [], deleted };
    }
    const ensured = await ensureTopics(kafka, specs, { ctx, grow });
    ctx.log.info("topics ensured", { ...ensured });
    return { ...ensured, deleted: [] };
  },
});
