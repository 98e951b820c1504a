import { MillraceError, readConnection, validateConnection } from "@millrace/core";
import type { Command } from "commander";
import { knownConnections } from "../find-secrets.ts";
import { knownConnectionTypes } from "../known-connection-types.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import type { Terminal } from "../terminal.ts";

interface Options {
  readonly connUri?: string;
  readonly connJson?: string;
  readonly connType?: string;
  readonly connDescription?: string;
  readonly connHost?: string;
  readonly connPort?: string;
  readonly connLogin?: string;
  readonly connPassword?: string;
  readonly connSchema?: string;
  readonly connExtra?: string;
  readonly overwrite?: true;
  readonly validate: boolean;
}

const READS_INPUT = "; - reads it from standard input, where no list of processes shows it";

/** `millrace connections add ID`: makes a connection, from a URI, from JSON or from fields. All of it is sealed in the database. */
export function makeConnectionsAdd(shell: Shell): Command {
  return makeCommand("add", "make a connection from a URI, JSON or fields; all of it is sealed in the database")
    .argument("<conn_id>")
    .option("--conn-uri <uri>", `type://login:password@host:port/schema?name=value${READS_INPUT}`)
    .option("--conn-json <json>", `an object with conn_type, host, port, login, password, schema, extra${READS_INPUT}`)
    .option("--conn-type <type>", "for example http or postgres; with fields it must be there")
    .option("--conn-description <text>", "for people")
    .option("--conn-host <host>")
    .option("--conn-port <port>")
    .option("--conn-login <login>")
    .option("--conn-password <password>", `in clear${READS_INPUT}`)
    .option("--conn-schema <schema>", "database, bucket or path, as the type says")
    .option("--conn-extra <json>", "an object")
    .option("--no-validate", "take fields that do not fit the form of the type (`millrace connections types`)")
    .option("--overwrite", "replace a connection that is there already")
    .action(
      action(shell, async (context, [id]: [string], options: Options) => {
        const { terminal } = context;
        const { text, connection } = readConnection(id, await chooseSource(terminal, id, options));
        if (options.validate)
          validateConnection(connection, await (await knownConnectionTypes(context)).find(connection.type));
        const description = options.connDescription ?? connection.description ?? "";
        await withDatabase(context, async (project) => {
          const isThere = (await knownConnections(project)).has(id);
          if (isThere && !options.overwrite)
            throw new MillraceError("CONFLICT", `there is already a connection "${id}"`, {
              details: { connectionId: id, hint: "Replace it with --overwrite, or delete it first." },
            });
          const { type: connectionType } = connection;
          await project.queries.setConnection({ connectionId: id, connectionType, value: text, description });
          terminal.say(`connection ${id} (${connectionType}) ${isThere ? "replaced" : "added"}`);
        });
      }),
    );
}

async function chooseSource(terminal: Terminal, id: string, options: Options): Promise<unknown> {
  const { connUri, connJson } = options;
  const named = Object.keys(fieldsOf(options)).length > 0;
  const count = [connUri !== undefined, connJson !== undefined, named].filter(Boolean).length;
  if (count !== 1)
    throw new MillraceError(
      "BAD_ARGUMENT",
      count === 0
        ? `nothing says what the connection ${id} is`
        : "--conn-uri, --conn-json and fields exclude each other",
      { details: { hint: "Use --conn-uri, or --conn-json, or --conn-type with --conn-host and other fields." } },
    );
  const read = async (text: string): Promise<string> => (text === "-" ? (await terminal.readInput()).trim() : text);
  if (connUri !== undefined) return await read(connUri);
  if (connJson !== undefined) return requireObject(await read(connJson));
  const { connPassword } = options;
  return { ...fieldsOf(options), ...(connPassword !== undefined && { password: await read(connPassword) }) };
}

/** A text that is no object would be taken for a URI. */
function requireObject(text: string): string {
  if (text.trimStart().startsWith("{")) return text;
  throw new MillraceError("BAD_ARGUMENT", "--conn-json must be a JSON object");
}

function fieldsOf(options: Options): Readonly<Record<string, string>> {
  const fields = {
    conn_type: options.connType,
    host: options.connHost,
    port: options.connPort,
    login: options.connLogin,
    password: options.connPassword,
    schema: options.connSchema,
    extra: options.connExtra,
  };
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given);
}
