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
import { createMailer } from "./create-mailer.ts";
import { errorOfMail } from "./smtp-error.ts";
import { mailServerOf } from "./mail-server.ts";

/** Mail servers. */
export const SMTP_TYPE: ProviderConnectionType = {
  type: "smtp",
  label: "SMTP",
  aliases: ["email"],
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(587),
      login: textField("Login"),
      password: secretField("Password"),
    },
    {
      required: ["host"],
      extra: {
        use_tls: flagField("STARTTLS where the server has it, and always before a login", true),
        use_ssl: flagField("TLS from the start, port 465", false),
        from_email: textField("Sender"),
        ca_cert: textField("Certificate of the authority that the server's is of, as PEM"),
      },
    },
  ),
  trial: trySmtp,
};

/** Says hello, turns on TLS and logs in; no mail is sent. */
async function trySmtp(connection: Connection, { admit, signal }: TrialTools): Promise<string> {
  const server = mailServerOf(connection);
  await admit(server.host);
  const mailer = await createMailer(server);
  const stop = (): void => mailer.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await mailer.verify();
  } catch (error) {
    signal.throwIfAborted();
    throw errorOfMail(error, { asked: "the login", server });
  } finally {
    signal.removeEventListener("abort", stop);
    mailer.close();
  }
  const who = server.login === undefined ? "" : `, the login of ${server.login} is fine`;
  return `${server.host}:${server.port} is a mail server${who}`;
}
