import { connect } from "node:net";
import { MillraceError, type Connection } from "@millrace/core";
import type { Command } from "commander";
import { getConnection } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";

const TIMEOUT_MS = 10_000;

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  amqp: 5672,
  elasticsearch: 9200,
  ftp: 21,
  http: 80,
  https: 443,
  kafka: 9092,
  mongo: 27017,
  mysql: 3306,
  postgres: 5432,
  redis: 6379,
  sftp: 22,
  smtp: 25,
  ssh: 22,
};

/** `millrace connections test ID`: whether its host answers. Its login is not tried: only the code of a task knows how. */
export function makeConnectionsTest(shell: Shell): Command {
  return makeCommand("test", "see whether the host of a connection can be reached; its login is not tried")
    .argument("<conn_id>")
    .action(
      action(shell, async (context, [id]: [string]) => {
        const { connection } = await getConnection(context, id);
        const { host, port } = addressOf(connection);
        await reach({ id, host, port });
        context.terminal.print(`${host}:${port} can be reached (the login was not tried)`);
      }),
    );
}

/** Airflow keeps whole URLs as hosts of http connections. */
function addressOf({ id, type, host = "", port }: Connection): { readonly host: string; readonly port: number } {
  const url = /^[a-z]+:\/\//i.test(host) && URL.canParse(host) ? new URL(host) : undefined;
  const scheme = url?.protocol.slice(0, -1) ?? type;
  const name = (url?.hostname ?? host).replace(/^\[(.*)\]$/, "$1");
  const at = port ?? (url !== undefined && url.port !== "" ? Number(url.port) : DEFAULT_PORTS[scheme]);
  if (name !== "" && at !== undefined) return { host: name, port: at };
  throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no ${name === "" ? "host" : "port"} to try`, {
    details: { connectionId: id, hint: `\`millrace connections get ${id}\` shows what it has.` },
  });
}

async function reach(at: { readonly id: string; readonly host: string; readonly port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: at.host, port: at.port, timeout: TIMEOUT_MS });
  socket.once("connect", resolve);
  socket.once("timeout", () => reject(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
  socket.once("error", reject);
  try {
    await promise;
  } catch (error) {
    throw new MillraceError(
      "UNREACHABLE",
      `${at.host}:${at.port} of the connection ${at.id} cannot be reached: ${reasonOf(error)}`,
      { cause: error, details: { connectionId: at.id } },
    );
  } finally {
    socket.destroy();
  }
}

/** Where a name has several addresses, the error has one for each and no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
