import { continuous, cron, dag, param, variable } from "millrace";
import {
  kafkaHealth,
  kafkaLag,
  kafkaProduce,
  kafkaTopics,
  startRunsFromTopic,
  waitForMessage,
} from "@millrace/provider-kafka";

/** What the operators of Kafka look like in a DAG. The regions are the examples of its reference page. */
export const kafkaExamples = dag(
  "kafka_examples",
  { schedule: cron("0 * * * *"), maxActiveRuns: 1, tags: ["example"] },
  ({ task, sensor }) => {
    // #region kafkaTopics
    const topics = task(
      "topics",
      kafkaTopics({
        connection: "kafka",
        topics: [{ topic: "orders", partitions: 6, configs: { "retention.ms": "604800000" } }, "exports"],
      }),
    );
    // #endregion
    // #region kafkaHealth
    const health = task(
      "check_kafka",
      { after: [topics], retries: 2 },
      kafkaHealth({ servers: variable("kafka_servers"), topics: ["orders", "exports"], whenMissing: "create" }),
    );
    // #endregion
    // #region waitForMessage
    const exported = sensor(
      "wait_for_export",
      { after: [health], timeout: "2h", every: "1m", mode: "reschedule" },
      waitForMessage({ connection: "kafka", topic: "exports", group: "wait-for-export", pattern: '"status":"done"' }),
    );
    // #endregion
    // #region kafkaProduce
    const produced = task(
      "write_orders",
      { after: [exported] },
      kafkaProduce({ connection: "kafka", topic: "orders", file: "/data/orders/{{ ds }}.jsonl", keyField: "id" }),
    );
    // #endregion
    // #region kafkaLag
    task(
      "check_lag",
      { after: [produced] },
      kafkaLag({ connection: "kafka", group: "billing", topics: ["orders"], limit: 10_000 }),
    );
    // #endregion
  },
);

/** Starts a run of `handle_order` for each message of a topic; each of its own runs follows the topic for ten minutes. */
export const kafkaFollower = dag(
  "kafka_follower",
  { schedule: continuous(), start: "2025-01-01", tags: ["example"] },
  ({ task }) => {
    // #region startRunsFromTopic
    task(
      "follow_orders",
      { retries: 3, retryDelay: "30s" },
      startRunsFromTopic({
        connection: "kafka",
        topic: "orders",
        group: "millrace-orders",
        dagId: "handle_order",
        onBadMessage: { deadLetterTopic: "orders-refused" },
        maxTime: "10m",
      }),
    );
    // #endregion
  },
);

/** What is started: its params are the fields of the message. */
export const handleOrder = dag(
  "handle_order",
  { start: "2025-01-01", params: { id: param("", { type: "string" }), cents: param(0, { type: "integer" }) } },
  ({ task }) => {
    task("book", (_, ctx) => ({ id: ctx.params.id, cents: ctx.params.cents }));
  },
);
