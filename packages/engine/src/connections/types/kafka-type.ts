import {
  type Connection,
  connectionForm,
  MillraceError,
  portField,
  secretField,
  textField,
  textOf,
} from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";
import { placeOf } from "../place-of.ts";
import { talkOver } from "../talk.ts";

const PORT = 9_092;
const CORRELATION = 7;
const API_VERSIONS = 18;

/** Kafka clusters. */
export const KAFKA_TYPE: KnownType = {
  type: "kafka",
  label: "Kafka",
  form: connectionForm(
    {
      host: textField("Brokers, with commas between", { examples: ["kafka-1:9092,kafka-2:9092"] }),
      port: portField(PORT),
      login: textField("SASL user"),
      password: secretField("SASL password"),
    },
    {
      extra: {
        "bootstrap.servers": textField("Brokers, where the host does not name them"),
        security_protocol: textField("Protocol", { enum: ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] }),
        "sasl.mechanism": textField("SASL mechanism"),
      },
    },
  ),
  trial: tryKafka,
};

/** Asks brokers one after the other which requests they know, which each answers before any login. */
async function tryKafka(connection: Connection, tools: Parameters<Trial>[1]): Promise<string> {
  const { id, host, port: at, extra } = connection;
  const brokers = (textOf(extra["bootstrap.servers"]) ?? host ?? "")
    .split(",")
    .filter((broker) => broker.trim() !== "");
  if (brokers.length === 0) throw new MillraceError("BAD_ARGUMENT", `the connection ${id} names no broker`);
  const faults: string[] = [];
  for (const broker of brokers) {
    const place = placeOf(
      { id, type: "kafka", extra: {}, host: broker.trim(), ...(at !== undefined && { port: at }) },
      PORT,
    );
    try {
      const count = await askVersions(place, isTls(extra), tools);
      return `${place.host}:${place.port} is a Kafka broker that knows ${count} requests (the login was not tried)`;
    } catch (error) {
      tools.signal.throwIfAborted();
      faults.push((error as Error).message);
    }
  }
  throw new MillraceError("UNREACHABLE", faults.join("; "));
}

async function askVersions(
  place: { readonly host: string; readonly port: number },
  tls: boolean,
  { network, signal }: Parameters<Trial>[1],
): Promise<number> {
  const socket = await network.connect({ ...place, tls, signal });
  try {
    const talk = talkOver(socket, signal);
    const client = Buffer.from("millrace");
    const request = Buffer.alloc(14 + client.length);
    request.writeInt32BE(request.length - 4, 0);
    request.writeInt16BE(API_VERSIONS, 4);
    request.writeInt32BE(CORRELATION, 8);
    request.writeInt16BE(client.length, 12);
    client.copy(request, 14);
    talk.say(request);
    const answer = await talk.hear((so) => (so.length < 4 ? undefined : 4 + so.readInt32BE(0)));
    const isKafka = answer.length >= 14 && answer.readInt32BE(4) === CORRELATION && answer.readInt16BE(8) === 0;
    if (!isKafka) throw new MillraceError("UNREACHABLE", `${place.host}:${place.port} is no Kafka broker`);
    return answer.readInt32BE(10);
  } finally {
    socket.destroy();
  }
}

function isTls(extra: Connection["extra"]): boolean {
  const protocol = textOf(extra["security_protocol"]) ?? textOf(extra["security.protocol"]) ?? "";
  return protocol.toUpperCase().endsWith("SSL");
}
