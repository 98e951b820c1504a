import type { Transporter } from "nodemailer";
import type { MailServer } from "./mail-server.ts";

const TIMEOUT_MS = 10_000;

/**
 * A client of a mail server, which connects when it is first used.
 *
 * @param timeoutMs for the connection and the greeting, and of silence afterwards.
 */
export async function createMailer(server: MailServer, timeoutMs = TIMEOUT_MS): Promise<Transporter> {
  const { createTransport } = await import("nodemailer");
  const { host, port, tls, login, password, authority } = server;
  return createTransport({
    host,
    port,
    secure: tls === "start",
    ignoreTLS: tls === "never",
    // Without this somebody between the two could keep STARTTLS from us and read the password.
    requireTLS: tls === "upgrade" && login !== undefined,
    ...(login !== undefined && { auth: { user: login, pass: password?.reveal() ?? "" } }),
    ...(authority !== undefined && { tls: { ca: authority } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // A text that a DAG was given must not make us fetch addresses.
    disableUrlAccess: true,
  });
}
