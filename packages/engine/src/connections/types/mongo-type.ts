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

const PORT = 27_017;
const OP_MSG = 2_013;

/** MongoDB. */
export const MONGO_TYPE: KnownType = {
  type: "mongo",
  label: "MongoDB",
  aliases: ["mongodb"],
  form: connectionForm(
    {
      host: textField("Host or address", { minLength: 1, examples: ["mongodb://db:27017"] }),
      port: portField(PORT),
      login: textField("User"),
      password: secretField("Password"),
      schema: textField("Database"),
    },
    {
      required: ["host"],
      extra: {
        ssl: flagField("TLS", false),
        srv: flagField("Hosts by DNS (mongodb+srv)", false),
        database: textField("Database"),
      },
    },
  ),
  trial: tryMongo,
};

/** Says hello, which every server answers before any login. */
async function tryMongo(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const { host: given = "", extra } = connection;
  if (isYes(extra["srv"]) || given.startsWith("mongodb+srv:"))
    throw new MillraceError("BAD_ARGUMENT", "hosts that DNS names (mongodb+srv) cannot be tried; name one of them");
  const first = given.replace(/^(mongodb:\/\/(?:[^/@]*@)?[^/,]+),[^/]*/, "$1");
  const { host, port: at } = placeOf({ ...connection, host: first }, PORT);
  const isTls = isYes(extra["ssl"]) || /[?&](tls|ssl)=true/.test(given);
  const socket = await network.connect({ host, port: at, tls: isTls, signal });
  try {
    const talk = talkOver(socket, signal);
    talk.say(hello());
    const answer = await talk.hear((so) => (so.length < 4 ? undefined : so.readInt32LE(0)));
    if (answer.length < 26 || answer.readInt32LE(12) !== OP_MSG || !answer.includes("maxWireVersion"))
      throw new MillraceError("UNREACHABLE", `${host}:${at} is no MongoDB server`);
    return `${host}:${at} is a MongoDB server (the login was not tried)`;
  } finally {
    socket.destroy();
  }
}

/** `{ hello: 1, $db: "admin" }` as OP_MSG. */
function hello(): Buffer {
  const fields = Buffer.concat([
    Buffer.from([0x10]),
    Buffer.from("hello\0"),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from([0x02]),
    Buffer.from("$db\0"),
    Buffer.from([6, 0, 0, 0]),
    Buffer.from("admin\0"),
  ]);
  const document = Buffer.alloc(4 + fields.length + 1);
  document.writeInt32LE(document.length, 0);
  fields.copy(document, 4);
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, document]);
}
