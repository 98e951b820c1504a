import {
  connectionForm,
  flagField,
  portField,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { settingsOf } from "./kafka-settings.ts";
import { openKafka } from "./open-kafka.ts";

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Kafka clusters. */
export const KAFKA_TYPE: ProviderConnectionType = {
  type: "kafka",
  label: "Kafka",
  form: connectionForm(
    {
      host: textField("Brokers, with commas between", { examples: ["kafka-1:9092,kafka-2:9092"] }),
      port: portField(9_092),
      login: textField("SASL user"),
      password: secretField("SASL password"),
    },
    {
      extra: {
        "bootstrap.servers": textField("Brokers, where the host does not name them"),
        security_protocol: textField("Protocol", { enum: ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] }),
        "sasl.mechanism": textField("SASL mechanism", { examples: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] }),
        "ssl.ca.pem": textField("Certificates of the authority, as PEM (ssl.ca.location: their file on the worker)"),
        "ssl.certificate.pem": textField("Own certificate, as PEM (or ssl.certificate.location)"),
        "ssl.key.pem": secretField("Key of the own certificate, as PEM (or ssl.key.location)"),
        "ssl.key.password": secretField("Password of the key"),
        "ssl.server.name": textField("Whom the broker's certificate is for, where not its host"),
        "ssl.endpoint.identification.algorithm": textField("Check that the certificate is for the host", {
          enum: ["https", "none"],
          default: "https",
        }),
        "enable.ssl.certificate.verification": flagField("Check the broker's certificate", true),
      },
    },
  ),
  trial: tryKafka,
};

/** Logs in and asks for the brokers. */
async function tryKafka(connection: Connection, { admit, signal }: TrialTools): Promise<string> {
  const { brokers, servers, user } = settingsOf(connection);
  await Promise.all([...new Set(brokers.map(({ host }) => host))].map(async (host) => await admit(host)));
  const log = { ...SILENT, from: () => log };
  await using kafka = await openKafka(
    { connection },
    { ctx: { signal, log, connection: async () => connection }, timeout: "10s" },
  );
  const metadata = await kafka.ask(
    "name its brokers",
    async () => await kafka.admin().metadata({ topics: [], forceUpdate: true }),
  );
  const names = [...metadata.brokers.values()].map(({ host, port }) => `${host}:${port}`);
  const who = user === undefined ? "without a login" : `as ${user}`;
  return `${servers}, ${who}: the cluster ${metadata.id} of ${names.length} ${names.length === 1 ? "broker" : "brokers"} (${names.join(", ")})`;
}
