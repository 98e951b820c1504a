// TLS of a connection. Its settings have the names that librdkafka gives them, for connections of Airflow hold those.
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { isYes, MillraceError, textOf, type Connection } from "@millrace/core";

/** What is said of TLS. Certificates and keys are PEM. */
export interface KafkaTls {
  /** Of the authorities that brokers' certificates may be of. Default those of the system. */
  readonly ca?: string;
  /** Of this client, for brokers that want one, with its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** False: a broker is believed whatever certificate it has. */
  readonly verify: boolean;
  /** False: a certificate may be for another host than the one that is asked. */
  readonly checkHost: boolean;
  /** Whom certificates are for, where that is not the broker's host. */
  readonly serverName?: string;
}

/** Settings that may name a file on the worker instead of holding its text. */
const FILES = {
  "ssl.ca.location": "ssl.ca.pem",
  "ssl.certificate.location": "ssl.certificate.pem",
  "ssl.key.location": "ssl.key.pem",
};

/** The connection with the text of the files that it names. @throws MillraceError BAD_ARGUMENT for one that cannot be read */
export async function withTlsFiles(connection: Connection): Promise<Connection> {
  const found: Record<string, string> = {};
  for (const [location, name] of Object.entries(FILES)) {
    const path = textOf(connection.extra[location]);
    if (path === undefined || textOf(connection.extra[name]) !== undefined) continue;
    try {
      found[name] = await readFile(path, "utf8");
    } catch (cause) {
      const message = `the connection ${connection.id} names a file in ${location} that cannot be read: ${(cause as Error).message}`;
      throw new MillraceError("BAD_ARGUMENT", message, { cause });
    }
  }
  return { ...connection, extra: { ...connection.extra, ...found } };
}

/** What a connection says of TLS. */
export function tlsOf({ extra }: Pick<Connection, "extra">): KafkaTls {
  const given = {
    ca: textOf(extra["ssl.ca.pem"]),
    cert: textOf(extra["ssl.certificate.pem"]),
    key: textOf(extra["ssl.key.pem"]),
    passphrase: textOf(extra["ssl.key.password"]),
    serverName: textOf(extra["ssl.server.name"]),
  };
  const verify = extra["enable.ssl.certificate.verification"];
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    verify: verify === undefined || isYes(verify),
    checkHost: textOf(extra["ssl.endpoint.identification.algorithm"]) !== "none",
  };
}

/** The same in words of Node's TLS. */
export function nodeTls({ ca, cert, key, passphrase, verify, checkHost }: KafkaTls) {
  const pem = { ca, cert, key, passphrase };
  return {
    ...(Object.fromEntries(Object.entries(pem).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof pem, string>
    >),
    rejectUnauthorized: verify,
    ...(!checkHost && { checkServerIdentity: () => undefined }),
  };
}

/** Which name brokers are asked for: the one that is said, else each one's own. An address is no name. */
export function serverNameOf({ serverName }: KafkaTls, hosts: readonly string[]): string | boolean {
  return serverName ?? hosts.some((host) => isIP(host) === 0);
}

/** @throws MillraceError BAD_ARGUMENT for a certificate or a key that is none, or that do not belong together */
export function checkTls({ ca, cert, key, passphrase }: KafkaTls, connectionId: string): void {
  try {
    createSecureContext({ ca, cert, key, passphrase });
  } catch (cause) {
    const message = `the connection ${connectionId} has a certificate or a key that cannot be used: ${(cause as Error).message}`;
    throw new MillraceError("BAD_ARGUMENT", message, { cause });
  }
}
