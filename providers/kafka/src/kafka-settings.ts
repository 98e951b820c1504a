import { MillraceError, textOf, type Connection, type RunContext } from "@millrace/core";
import type { BaseOptions, SASLOptions } from "@platformatic/kafka";
import { checkTls, nodeTls, serverNameOf, tlsOf, withTlsFiles, type KafkaTls } from "./kafka-tls.ts";

const PORT = 9_092;
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

/** Which cluster: a connection or its id, or brokers that want no login. */
export type KafkaTarget = { readonly connection: Connection | string } | { readonly servers: string };

/** The same as two options of an operator, of which exactly one is given. */
export interface TargetOptions {
  /** A connection of the type kafka, or its id. */
  readonly connection?: Connection | string;
  /** Instead of a connection, brokers that want no login: `kafka-1:9092,kafka-2:9092`. */
  readonly servers?: string;
}

/** {@link TargetOptions} as properties of a JSON Schema. */
export const TARGET_PROPERTIES = {
  connection: { description: "A connection of the type kafka, or its id." },
  servers: {
    type: "string",
    minLength: 1,
    description: "Instead of a connection, brokers that want no login: `kafka-1:9092,kafka-2:9092`.",
  },
} as const;

/** How to reach a cluster, in words of the client. */
export interface KafkaSettings {
  /** For people and messages: `kafka-1:9092,kafka-2:9092`. No secret is in it. */
  readonly servers: string;
  readonly user?: string;
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  /** What is said of TLS, where the protocol has it. */
  readonly tls?: KafkaTls;
  readonly client: Pick<BaseOptions, "tls" | "tlsServerName" | "sasl">;
}

/** The target that the options of an operator name. @throws MillraceError BAD_ARGUMENT unless it is exactly one */
export function targetOf({ connection, servers }: TargetOptions): KafkaTarget {
  if (connection !== undefined && servers === undefined) return { connection };
  if (servers !== undefined && connection === undefined) return { servers };
  throw new MillraceError("BAD_ARGUMENT", "name either a connection or servers");
}

/**
 * Looks a target up, and reads the files that it names.
 *
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that names no broker, no login that is known, or no usable certificate
 */
export async function findSettings(target: KafkaTarget, ctx: Pick<RunContext, "connection">): Promise<KafkaSettings> {
  if ("servers" in target) return settingsOf({ id: "servers", type: "kafka", host: target.servers, extra: {} });
  const { connection } = target;
  const found = await withTlsFiles(typeof connection === "string" ? await ctx.connection(connection) : connection);
  const settings = settingsOf(found);
  if (settings.tls !== undefined) checkTls(settings.tls, found.id);
  return settings;
}

/** What a connection says, without the files that it names. @throws MillraceError BAD_ARGUMENT as {@link findSettings} */
export function settingsOf(connection: Connection): KafkaSettings {
  const { extra, host, port = PORT } = connection;
  const brokers = (textOf(extra["bootstrap.servers"]) ?? host ?? "")
    .split(",")
    .map((broker) => broker.trim())
    .filter((broker) => broker !== "")
    .map((broker) => placeOf(broker, port));
  if (brokers.length === 0)
    throw new MillraceError("BAD_ARGUMENT", `the connection ${connection.id} names no broker: give it a host`);
  const user = textOf(extra["sasl.username"]) ?? connection.login;
  const protocol = protocolOf(connection, user !== undefined);
  const tls = protocol.endsWith("SSL") ? tlsOf(connection) : undefined;
  const hosts = brokers.map(({ host }) => host);
  return {
    servers: brokers.map((broker) => `${broker.host}:${broker.port}`).join(","),
    brokers,
    ...(protocol.startsWith("SASL") && user !== undefined && { user }),
    ...(tls && { tls }),
    client: {
      ...(tls && { tls: nodeTls(tls), tlsServerName: serverNameOf(tls, hosts) }),
      ...(protocol.startsWith("SASL") && { sasl: saslOf(connection, user) }),
    },
  };
}

function placeOf(broker: string, port: number): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, said] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(broker) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new MillraceError("BAD_ARGUMENT", `"${broker}" is no broker: write host:port`);
  return { host, port: said === undefined ? port : Number(said) };
}

function protocolOf({ id, extra }: Connection, hasUser: boolean): string {
  const said = textOf(extra["security_protocol"]) ?? textOf(extra["security.protocol"]);
  const protocol = (said ?? (hasUser ? "SASL_PLAINTEXT" : "PLAINTEXT")).toUpperCase();
  if (["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"].includes(protocol)) return protocol;
  throw new MillraceError(
    "BAD_ARGUMENT",
    `the connection ${id} has the security_protocol "${protocol}", which is none`,
  );
}

function saslOf({ id, extra, password }: Connection, user: string | undefined): SASLOptions {
  const said = (textOf(extra["sasl.mechanism"]) ?? textOf(extra["sasl.mechanisms"]) ?? "PLAIN").toUpperCase();
  const mechanism = MECHANISMS.find((known) => known === said);
  if (mechanism === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${id} has the sasl.mechanism "${said}": this client knows ${MECHANISMS.join(", ")}`,
    );
  const secret = textOf(extra["sasl.password"]) ?? password?.reveal();
  if (user === undefined || secret === undefined)
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no login and password for ${mechanism}`);
  return { mechanism, username: user, password: secret };
}
