import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail as the server took it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Name of the login, if there was one. */
  readonly user?: string;
  readonly secure: boolean;
  /** With headers; lines end with LF. */
  readonly source: string;
}

/** A real SMTP server whose receivers decide what it does; see {@link startSmtp}. */
export interface SmtpServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** PEM, for a client that shall trust it. */
  readonly certificate: string;
  readonly mails: ReceivedMail[];
  stop(): Promise<void>;
}

/** What a server is to be like. */
export interface SmtpServerSetup {
  /** `start`: TLS from the start. `upgrade`: STARTTLS. `none` (default). */
  readonly tls?: "start" | "upgrade" | "none";
  /** Who may log in, with which password. Without: nobody has to. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default a free one. */
  readonly port?: number;
}

/**
 * Starts an SMTP server on 127.0.0.1. Receivers `nobody@…` are refused for good (550), `later@…` for now (451); a mail to `refuse@…` is refused for good
 * after its content (554), to `slow@…` never answered, and to `drop@…` met by a closed connection. A password `busy` is put off (454).
 */
export async function startSmtp({ tls = "none", users, port = 0 }: SmtpServerSetup = {}): Promise<SmtpServer> {
  const { key, certificate } = makeCertificate();
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    secure: tls === "start",
    key,
    cert: certificate,
    disabledCommands: [...(tls === "upgrade" ? [] : ["STARTTLS"]), ...(users === undefined ? ["AUTH"] : [])],
    // What a client would do without TLS is for the tests to find out.
    allowInsecureAuth: true,
    authOptional: users === undefined,
    closeTimeout: 100,
    disableReverseLookup: true,
    onAuth: (login, _session, done) => {
      if (login.password === "busy") done(failure("4.7.0 busy", 454));
      else if (users?.[login.username ?? ""] === login.password) done(null, { user: login.username });
      else done(failure("5.7.8 wrong login", 535));
    },
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith("nobody@")) done(failure("5.1.1 no such user", 550));
      else if (address.startsWith("later@")) done(failure("4.2.1 come back later", 451));
      else done();
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const isTo = (name: string): boolean => to.some((one) => one.startsWith(`${name}@`));
        if (isTo("slow")) return;
        if (isTo("drop")) return void server.connections.forEach((one) => one.close());
        if (isTo("refuse")) return done(failure("5.6.0 not that", 554));
        const { mailFrom } = session.envelope;
        const source = Buffer.concat(chunks).toString().replaceAll("\r\n", "\n");
        const user = session.user === undefined ? {} : { user: String(session.user) };
        mails.push({ from: mailFrom === false ? "" : mailFrom.address, to, secure: session.secure, source, ...user });
        done();
      });
    },
  } satisfies SMTPServerOptions);
  // A client that hangs up is no failure of the server.
  server.on("error", () => undefined);
  server.listen(port, "127.0.0.1");
  await once(server.server, "listening");
  const stop = async (): Promise<void> => await new Promise((resolve) => server.close(() => resolve()));
  return {
    host: "127.0.0.1",
    port: (server.server.address() as AddressInfo).port,
    certificate,
    mails,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function failure(message: string, responseCode: number): Error {
  return Object.assign(new Error(message), { responseCode });
}

function makeCertificate(): { readonly key: string; readonly certificate: string } {
  const folder = mkdtempSync(join(tmpdir(), "millrace-smtp-"));
  const [keyFile, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  try {
    execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", file, ...subject], { stdio: "pipe" });
    return { key: readFileSync(keyFile, "utf8"), certificate: readFileSync(file, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
