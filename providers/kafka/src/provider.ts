import { provider as defineProvider } from "@millrace/core";
import { KAFKA_TYPE } from "./connection-type.ts";
import { kafkaLag } from "./consume/kafka-lag.ts";
import { waitForMessage } from "./consume/wait-for-message.ts";
import { kafkaProduce } from "./produce/kafka-produce.ts";
import { startRunsFromTopic } from "./runs/start-runs-from-topic.ts";
import { kafkaHealth } from "./topics/kafka-health.ts";
import { kafkaTopics } from "./topics/kafka-topics.ts";

/** Apache Kafka. */
export const provider = defineProvider({
  id: "kafka",
  title: "Apache Kafka",
  doc: [
    "Writes messages, looks after topics, watches a cluster and its consumer groups, waits for messages, and starts runs from them. Tested with Apache Kafka 4.1.",
    "Logins by SASL/PLAIN and SCRAM, with or without TLS, also with a certificate of the client. It knows no schema registry and no transactions. Its client needs Node.js 22.22 or newer.",
  ].join("\n"),
  connectionTypes: [KAFKA_TYPE],
  operators: { kafkaProduce, kafkaTopics, kafkaHealth, kafkaLag, waitForMessage, startRunsFromTopic },
  parts: [
    {
      name: "openKafka",
      kind: "hook",
      doc: [
        'A cluster for bodies: `await using kafka = await openKafka({ connection: "kafka" }, { ctx })`. `kafka.admin()`, `kafka.producer()` and',
        "`kafka.consumer({ groupId })` are clients that live until it is disposed of; `kafka.ask(what, call)` asks them something within a limit, again while the",
        "cluster cannot be reached, and throws errors that say what was asked of whom.",
      ].join("\n"),
    },
    {
      name: "produceMessages",
      kind: "function",
      doc: "What `kafkaProduce` does, with a client that is open already: `await produceMessages(kafka, messages, { topic, ctx })`.",
    },
    {
      name: "ensureTopics",
      kind: "function",
      doc: "What `kafkaTopics` does, with a client that is open already; so does `deleteTopics`.",
    },
    {
      name: "javaSettings",
      kind: "function",
      doc: [
        'A connection in words of Java\'s clients, for programs such as Spark: `const { servers, settings } = await javaSettings({ connection: "kafka" }, ctx)`. In the',
        "settings are password and key: hand them over by the environment or a file that nobody else reads, never on a command line.",
      ].join("\n"),
    },
    {
      name: "readLines",
      kind: "function",
      doc: "The lines of a file as messages for `produceMessages`, one after the other.",
    },
  ],
});
