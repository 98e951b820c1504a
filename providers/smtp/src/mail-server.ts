import { isYes, MillraceError, textOf, type Connection, type Secret } from "@millrace/core";

const PORT = 587;
const TLS_PORT = 465;

/** A mail server, as a connection describes it. */
export interface MailServer {
  readonly connectionId: string;
  readonly host: string;
  readonly port: number;
  /** `start`: TLS from the start. `upgrade`: by STARTTLS, where the server has it or a login follows. `never`: as it is. */
  readonly tls: "start" | "upgrade" | "never";
  readonly login?: string;
  readonly password?: Secret;
  /** Of mails that name none. */
  readonly sender?: string;
  /** PEM of the authority that the server's certificate has to be of; default those of the system. */
  readonly authority?: string;
}

/** Reads a connection of the type `smtp`. @throws MillraceError BAD_ARGUMENT without a host */
export function mailServerOf(connection: Connection): MailServer {
  const { id, login, password, extra } = connection;
  const [, host = "", own] = /^(?:smtps?:\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/i.exec(connection.host ?? "") ?? [];
  if (host === "")
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no host: name the mail server`, {
      details: { connectionId: id },
    });
  const isTls = isYes(extra["use_ssl"]);
  const isPlain = extra["use_tls"] === false || extra["use_tls"] === "false";
  const sender = textOf(extra["from_email"]) ?? (login?.includes("@") === true ? login : undefined);
  const authority = textOf(extra["ca_cert"]);
  return {
    connectionId: id,
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: connection.port ?? (own === undefined ? (isTls ? TLS_PORT : PORT) : Number(own)),
    tls: isTls ? "start" : isPlain ? "never" : "upgrade",
    ...(login !== undefined && { login }),
    ...(password !== undefined && { password }),
    ...(sender !== undefined && { sender }),
    ...(authority !== undefined && { authority }),
  };
}
