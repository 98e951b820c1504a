import type { Connection, Log } from "millrace";
import type { KafkaContext } from "@millrace/provider-kafka";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import type { LogLevel, ServiceLog } from "./service-log.ts";
import type { Environment } from "./settings.ts";

/** Environment variable by which a task hands the service the connection that it may use, as JSON. */
export const KAFKA_CONNECTION = "DOMAIN_INGESTION_KAFKA_CONNECTION";

/** The JSON of a connection for {@link KAFKA_CONNECTION}; its password is in it. */
export function connectionText({ id, type, host, port, login, password, extra }: Connection): string {
  const secret = password === undefined ? {} : { "sasl.password": password.reveal() };
  return JSON.stringify({ id, type, host, port, login, extra: { ...extra, ...secret } });
}

/** What clients of servers need of a context, in a process that is no task. */
export function serviceContext(log: ServiceLog, signal: AbortSignal, environment: Environment): KafkaContext {
  return { log: logOf(log), signal, connection: (id) => Promise.resolve().then(() => findConnection(id, environment)) };
}

function findConnection(id: string, environment: Environment): Connection {
  const text = environment[KAFKA_CONNECTION];
  const connection = text === undefined ? undefined : (JSON.parse(text) as Connection);
  if (connection?.id === id) return connection;
  throw new ConfigurationError(
    `the connection ${id} is known to tasks only: name brokers, or run the service as a task`,
    {
      id,
    },
  );
}

function logOf(log: ServiceLog): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: object = {}): void =>
      log(level, message, { ...fields });
  const own: Log = {
    debug: at("DEBUG"),
    info: at("INFO"),
    warn: at("WARNING"),
    error: at("ERROR"),
    from: () => own,
  };
  return own;
}
