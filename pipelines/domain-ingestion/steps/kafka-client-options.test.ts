import { expect, test } from "vitest";
import { Secret } from "millrace";
import { kafkaClientOptions } from "./kafka-client-options.ts";

test("brokers without a login get their port and no settings", () => {
  const found = kafkaClientOptions({ id: "k", type: "kafka", host: "a,b:9093", port: 9_092, extra: {} });
  expect(found).toEqual({ servers: "a:9092,b:9093", options: {} });
});

test("a login becomes a line for Java's login module, in which quotes cannot end the password", () => {
  const extra = { "sasl.mechanism": "SCRAM-SHA-512", security_protocol: "SASL_SSL" };
  const { options } = kafkaClientOptions({
    ...{ id: "k", type: "kafka", host: "a", login: "me", password: new Secret('p"w\\') },
    extra,
  });
  expect(options).toEqual({
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.jaas.config":
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="p\\"w\\\\";',
  });
});
