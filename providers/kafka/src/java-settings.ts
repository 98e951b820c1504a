import { MillraceError, type RunContext } from "@millrace/core";
import { findSettings, type KafkaSettings, type KafkaTarget } from "./kafka-settings.ts";
import type { KafkaTls } from "./kafka-tls.ts";

/** A cluster in words of Java's clients. */
export interface JavaKafkaSettings {
  /** `bootstrap.servers`. No secret is in it. */
  readonly servers: string;
  /** All other settings. Passwords and keys are in them: nothing for a command line or a log. Empty where there is neither login nor TLS. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * How programs on Java's client, such as Spark, reach the same cluster.
 *
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that is not usable, or that Java's client cannot be told
 */
export async function javaSettings(
  target: KafkaTarget,
  ctx: Pick<RunContext, "connection">,
): Promise<JavaKafkaSettings> {
  const { servers, tls, client } = await findSettings(target, ctx);
  const hasLogin = client.sasl !== undefined;
  const protocol = `${hasLogin ? "SASL_" : ""}${tls ? "SSL" : "PLAINTEXT"}`;
  return {
    servers,
    settings: {
      ...(protocol !== "PLAINTEXT" && { "security.protocol": protocol }),
      ...(client.sasl && loginOf(client.sasl)),
      ...(tls && tlsSettings(tls)),
    },
  };
}

function loginOf({
  mechanism,
  username,
  password,
}: NonNullable<KafkaSettings["client"]["sasl"]>): Readonly<Record<string, string>> {
  const kind = mechanism === "PLAIN" ? "plain.Plain" : "scram.Scram";
  const [user, secret] = [username, password].map((text) => quoted(String(text)));
  return {
    "sasl.mechanism": mechanism,
    "sasl.jaas.config": `org.apache.kafka.common.security.${kind}LoginModule required username=${user} password=${secret};`,
  };
}

/** As the file of a login of Java has it: a quote cannot end the text. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function tlsSettings({
  ca,
  cert,
  key,
  passphrase,
  verify,
  checkHost,
  serverName,
}: KafkaTls): Readonly<Record<string, string>> {
  if (!verify) throw unknownToJava("enable.ssl.certificate.verification", "give its authority as ssl.ca.pem");
  if (serverName !== undefined)
    throw unknownToJava(
      "ssl.server.name",
      "let the broker have a certificate for its host, or set ssl.endpoint.identification.algorithm to none",
    );
  return {
    ...(ca !== undefined && { "ssl.truststore.type": "PEM", "ssl.truststore.certificates": ca }),
    ...(cert !== undefined && { "ssl.keystore.type": "PEM", "ssl.keystore.certificate.chain": cert }),
    ...(key !== undefined && { "ssl.keystore.key": key }),
    ...(passphrase !== undefined && { "ssl.key.password": passphrase }),
    ...(!checkHost && { "ssl.endpoint.identification.algorithm": "" }),
  };
}

function unknownToJava(setting: string, instead: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `Java's client of Kafka knows no ${setting}: ${instead}`);
}
