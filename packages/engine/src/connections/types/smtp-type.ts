import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  type Connection,
  connectionForm,
  flagField,
  isYes,
  MillraceError,
  portField,
  secretField,
  textField,
} from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";
import { placeOf } from "../place-of.ts";
import { talkOver, type Talk } from "../talk.ts";

const PORT = 587;
const TLS_PORT = 465;

/** Mail servers. */
export const SMTP_TYPE: KnownType = {
  type: "smtp",
  label: "SMTP",
  aliases: ["email"],
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(PORT),
      login: textField("Login"),
      password: secretField("Password"),
    },
    {
      required: ["host"],
      extra: {
        use_tls: flagField("STARTTLS where the server has it", true),
        use_ssl: flagField("TLS from the start, port 465", false),
        from_email: textField("Sender"),
      },
    },
  ),
  trial: trySmtp,
};

async function trySmtp(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const { login, password, extra } = connection;
  const isTls = isYes(extra["use_ssl"]);
  const { host, port: at } = placeOf(connection, isTls ? TLS_PORT : PORT);
  let socket: Socket = await network.connect({ host, port: at, tls: isTls, signal });
  try {
    let talk = talkOver(socket, signal);
    await answer(talk, "the greeting");
    let extensions = await ask(talk, "EHLO millrace");
    if (!isTls && extra["use_tls"] !== false && extra["use_tls"] !== "false" && /STARTTLS/i.test(extensions)) {
      await ask(talk, "STARTTLS");
      socket.removeAllListeners("data");
      socket = connectTls({ socket, servername: host });
      talk = talkOver(socket, signal);
      extensions = await ask(talk, "EHLO millrace");
    }
    if (login !== undefined && password !== undefined) {
      const plain = Buffer.from(`\0${login}\0${password.reveal()}`).toString("base64");
      await ask(talk, `AUTH PLAIN ${plain}`, "AUTH");
    }
    talk.say("QUIT\r\n");
    return `${host}:${at} is a mail server${login === undefined ? "" : `, the login of ${login} is fine`}`;
  } finally {
    socket.destroy();
  }
}

async function ask(talk: Talk, line: string, shown = line): Promise<string> {
  talk.say(`${line}\r\n`);
  return await answer(talk, shown);
}

/** An answer may have several lines; all but the last have a dash behind the number. */
async function answer(talk: Talk, to: string): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await talk.hearLine();
    lines.push(line);
    if (/^\d{3}-/.test(line)) continue;
    if (/^[23]\d\d/.test(line)) return lines.join("\n");
    throw new MillraceError("UNREACHABLE", `${to} is answered with: ${line.slice(0, 200)}`);
  }
}
