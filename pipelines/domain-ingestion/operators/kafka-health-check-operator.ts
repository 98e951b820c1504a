import { operator } from "millrace";
import { openEventLog } from "../service/open-event-log.ts";
import { TOPICS } from "../steps/domain-record.ts";
import { openWithoutRetry } from "./open-without-retry.ts";

/** Options of {@link kafkaHealthCheck}. */
export interface KafkaHealthCheckOptions {
  /** Event log: brokers, `connection:<id>` or `file:<folder>`. */
  readonly kafkaServers: string;
  /** Topics that must exist. Default both topics of the pipeline. */
  readonly topics?: readonly string[];
}

/** A healthy log. */
export interface KafkaHealth {
  readonly status: "healthy";
  /** ISO instant, UTC. */
  readonly checked_at: string;
  /** What was measured: a folder or brokers. */
  readonly profile: string;
  readonly brokers: number;
  readonly topics: readonly string[];
  /** Topics that were missing and were created. */
  readonly created: readonly string[];
}

/** Proves that the event log can be written and has the topics; missing ones are created with one partition. */
export const kafkaHealthCheck = operator({
  name: "KafkaHealthCheckOperator",
  color: "#FFD700",
  templated: ["kafkaServers"],
  doc: "Asks the brokers within 5 s, or writes to the folder that stands in for them, and creates missing topics. Fails when there is no answer. Repeatable.",
  run: async ({ kafkaServers, topics = TOPICS }: KafkaHealthCheckOptions, ctx): Promise<KafkaHealth> => {
    const { log } = ctx;
    await using eventLog = openWithoutRetry(() =>
      openEventLog<unknown>(kafkaServers, { nowMs: Date.now, baseFolder: process.cwd(), ctx, timeout: "5s" }),
    );
    const { profile, brokers } = await eventLog.checkHealth();
    const created: string[] = [];
    for (const topic of topics) if ((await eventLog.createTopic(topic)) === "created") created.push(topic);
    if (created.length > 0) log.info("topics created", { created });
    const checkedAt = new Date().toISOString();
    return { status: "healthy", checked_at: checkedAt, profile, brokers, topics: await eventLog.topics(), created };
  },
});
