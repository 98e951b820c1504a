import type { Authority, Certificate } from "./authority.ts";

/** A user that may log in. */
export interface KafkaUser {
  readonly user: string;
  readonly password: string;
}

/** What a broker needs to be reached by TLS and logins. */
export interface KafkaSecurity extends KafkaUser {
  readonly authority: Authority;
  /** That of the broker. */
  readonly certificate: Certificate;
}

/** The ways into a broker with {@link KafkaSecurity}, as `localhost:29093`. */
export interface KafkaDoors {
  /** TLS, for anybody. */
  readonly tls: string;
  /** TLS, for whom has a certificate of the authority. */
  readonly mutual: string;
  /** TLS and a login by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; a certificate is looked at when there is one. */
  readonly login: string;
}

export const DOOR_COUNT = 3;
const SCRAM = ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const PROTOCOLS = { TLS: "SSL", MUTUAL: "SSL", LOGIN: "SASL_SSL" } as const;

/** Where the doors are. @param ports as many as there are doors */
export function doorsAt([tls = 0, mutual = 0, login = 0]: readonly number[]): KafkaDoors {
  return { tls: `localhost:${tls}`, mutual: `localhost:${mutual}`, login: `localhost:${login}` };
}

/** The listeners of the doors: their places, and which protocol each speaks. */
export function listenersOf({ tls, mutual, login }: KafkaDoors): {
  readonly places: string;
  readonly protocols: string;
} {
  return {
    places: `,TLS://${tls},MUTUAL://${mutual},LOGIN://${login}`,
    protocols: Object.entries(PROTOCOLS)
      .map(([name, protocol]) => `,${name}:${protocol}`)
      .join(""),
  };
}

/** Settings of the broker for its doors. */
export function doorSettings({ authority, certificate, ...login }: KafkaSecurity): Readonly<Record<string, string>> {
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": certificate.file,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authority.caFile,
    "listener.name.mutual.ssl.client.auth": "required",
    "listener.name.login.ssl.client.auth": "requested",
    "sasl.enabled.mechanisms": ["PLAIN", ...SCRAM].join(","),
    "listener.name.login.plain.sasl.jaas.config": plainLogin(login),
    ...Object.fromEntries(
      SCRAM.map((mechanism) => [
        `listener.name.login.${mechanism.toLowerCase()}.sasl.jaas.config`,
        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
      ]),
    ),
  };
}

/** A broker's own login by PLAIN, and whom it lets in. */
export function plainLogin({ user, password }: KafkaUser): string {
  const login = `username="${user}" password="${password}" user_${user}="${password}"`;
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${login};`;
}

/** Arguments of Kafka's storage tool that make the user known for SCRAM. */
export function scramArguments({ user, password }: KafkaUser): readonly string[] {
  return SCRAM.flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${user},password=${password}]`]);
}
