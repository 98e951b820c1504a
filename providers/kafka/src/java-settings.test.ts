import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, type Connection } from "@millrace/core";
import { expect, test } from "vitest";
import { javaSettings, type JavaKafkaSettings } from "./java-settings.ts";

const TLS = join(import.meta.dirname, "../../../tests/fixtures/tls");
const [CERTIFICATE, KEY] = ["localhost.crt", "localhost.key"].map((file) => readFileSync(join(TLS, file), "utf8"));
const LOGIN = { login: "me", password: new Secret('p"w\\') };

const found = async (over: Partial<Connection> = {}): Promise<JavaKafkaSettings> => {
  const connection = { id: "k", type: "kafka", host: "a,b:9093", extra: {}, ...over };
  return await javaSettings({ connection: "k" }, { connection: async () => connection });
};

test("brokers without a login get their port and no settings", async () => {
  expect(await found()).toEqual({ servers: "a:9092,b:9093", settings: {} });
});

test("a login becomes a line for Java's login module, in which quotes cannot end the password", async () => {
  expect((await found(LOGIN)).settings).toEqual({
    "security.protocol": "SASL_PLAINTEXT",
    "sasl.mechanism": "PLAIN",
    "sasl.jaas.config":
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="me" password="p\\"w\\\\";',
  });
  const extra = { "sasl.mechanism": "scram-sha-512", security_protocol: "sasl_ssl" };
  expect((await found({ ...LOGIN, extra })).settings).toMatchObject({
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.jaas.config": expect.stringContaining("scram.ScramLoginModule") as string,
  });
});

test("certificates go over as PEM, also those of files", async () => {
  const extra = {
    security_protocol: "SSL",
    "ssl.ca.location": join(TLS, "localhost.crt"),
    "ssl.certificate.pem": CERTIFICATE,
    "ssl.key.pem": KEY,
    "ssl.endpoint.identification.algorithm": "none",
  };
  expect((await found({ extra })).settings).toEqual({
    "security.protocol": "SSL",
    "ssl.truststore.type": "PEM",
    "ssl.truststore.certificates": CERTIFICATE,
    "ssl.keystore.type": "PEM",
    "ssl.keystore.certificate.chain": CERTIFICATE,
    "ssl.keystore.key": KEY,
    "ssl.endpoint.identification.algorithm": "",
  });
});

test("what Java's client cannot be told, and what is no certificate, are errors", async () => {
  const ssl = (extra: object): Promise<unknown> => found({ extra: { security_protocol: "SSL", ...extra } });
  await expect(ssl({ "enable.ssl.certificate.verification": "false" })).rejects.toThrow("ssl.ca.pem");
  await expect(ssl({ "ssl.server.name": "b" })).rejects.toThrow("knows no ssl.server.name");
  await expect(ssl({ "ssl.ca.location": "/no/such" })).rejects.toThrow("ssl.ca.location that cannot be read");
  await expect(ssl({ "ssl.certificate.pem": CERTIFICATE, "ssl.key.pem": "none" })).rejects.toThrow("cannot be used");
});
