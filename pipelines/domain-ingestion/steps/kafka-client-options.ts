import type { Connection } from "millrace";

const MODULES: Readonly<Record<string, string>> = {
  PLAIN: "org.apache.kafka.common.security.plain.PlainLoginModule",
  "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
  "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
};

/** A connection of the type kafka as Java's clients take it: brokers, and settings that hold the password. */
export function kafkaClientOptions({ host = "", port = 9_092, login, password, extra }: Connection): {
  readonly servers: string;
  readonly options: Readonly<Record<string, string>>;
} {
  const textOf = (name: string): string | undefined => (typeof extra[name] === "string" ? extra[name] : undefined);
  const servers = (textOf("bootstrap.servers") ?? host)
    .split(",")
    .map((broker) => (/:\d+$/.test(broker.trim()) ? broker.trim() : `${broker.trim()}:${port}`))
    .join(",");
  const user = textOf("sasl.username") ?? login;
  const protocol = textOf("security_protocol") ?? textOf("security.protocol");
  if (user === undefined) return { servers, options: protocol === undefined ? {} : { "security.protocol": protocol } };
  const mechanism = textOf("sasl.mechanism") ?? "PLAIN";
  const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const secret = textOf("sasl.password") ?? password?.reveal() ?? "";
  const options = {
    "security.protocol": protocol ?? "SASL_PLAINTEXT",
    "sasl.mechanism": mechanism,
    "sasl.jaas.config": `${MODULES[mechanism] ?? mechanism} required username=${quoted(user)} password=${quoted(secret)};`,
  };
  return { servers, options };
}
