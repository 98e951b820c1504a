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
import { talkOver } from "../talk.ts";

const PORT = 6_379;

/** Redis and what speaks like it. */
export const REDIS_TYPE: KnownType = {
  type: "redis",
  label: "Redis",
  aliases: ["valkey"],
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(PORT),
      login: textField("User"),
      password: secretField("Password"),
      schema: textField("Database number", { pattern: "^[0-9]*$" }),
    },
    {
      required: ["host"],
      extra: { ssl: flagField("TLS", false), db: { type: ["integer", "string"], title: "Database number" } },
    },
  ),
  trial: tryRedis,
};

async function tryRedis(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const { host, port: at } = placeOf(connection, PORT);
  const { login, password, extra } = connection;
  const socket = await network.connect({ host, port: at, tls: isYes(extra["ssl"]), signal });
  try {
    const talk = talkOver(socket, signal);
    const ask = async (...words: readonly string[]): Promise<void> => {
      talk.say(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);
      const answer = await talk.hearLine();
      if (answer.startsWith("-"))
        throw new MillraceError("UNREACHABLE", `${words[0] ?? ""} is refused: ${answer.slice(1)}`);
    };
    if (password !== undefined)
      await ask("AUTH", ...(login === undefined || login === "" ? [] : [login]), password.reveal());
    await ask("PING");
    return `${host}:${at} answers PING${password === undefined ? "" : " after the login"}`;
  } finally {
    socket.destroy();
  }
}
