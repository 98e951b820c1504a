import { extname } from "node:path";
import { connectionFields, connectionUri, MillraceError, parseConnection, type Connection } from "@millrace/core";
import { Option, type Command } from "commander";
import { stringify } from "yaml";
import { countOf, writeExport } from "../export-file.ts";
import { allPages } from "../find-things.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";
import type { RemoteServer } from "../remote/remote-server.ts";

const FILE_FORMATS = ["json", "yaml", "env"] as const;
type FileFormat = (typeof FILE_FORMATS)[number];

interface Options {
  readonly fileFormat?: FileFormat;
  readonly format?: FileFormat;
  readonly serializationFormat?: "json" | "uri";
}

/**
 * `millrace connections export FILE`: all connections of the database with their secrets, as Airflow writes and reads them. Those of a server come
 * without: it shows no secrets.
 */
export function makeConnectionsExport(shell: Shell): Command {
  return makeCommand(
    "export",
    "write all connections into a file that only you can read; secrets in clear, with --server left out",
  )
    .argument("<file>", "- for standard output")
    .addOption(
      new Option("--file-format <format>", "default as the file's ending says, else json").choices([...FILE_FORMATS]),
    )
    .addOption(new Option("--format <format>", "the same").choices([...FILE_FORMATS]).hideHelp())
    .addOption(
      new Option(
        "--serialization-format <format>",
        "each connection as its fields or as a URI; default uri for env",
      ).choices(["json", "uri"]),
    )
    .action(
      action(shell, async (context, [file]: [string], options: Options) => {
        const format = options.fileFormat ?? options.format ?? formatOf(file);
        const connections = context.remote ? await askFor(context, context.remote) : await readAll(context);
        const text = textOf(connections, format, options.serializationFormat ?? (format === "env" ? "uri" : "json"));
        writeExport(context.terminal, file, { text, what: countOf(connections.length, "connection") });
      }),
    );
}

async function readAll(context: CommandContext): Promise<readonly Connection[]> {
  return await withDatabase(context, async ({ queries }) => {
    const found: Connection[] = [];
    for await (const { connectionId, description } of allPages((page) => queries.listConnections(page))) {
      const text = await queries.findConnection(connectionId);
      // Deleted meanwhile.
      if (text === undefined) continue;
      found.push({ ...parseConnection(connectionId, text), ...(description !== "" && { description }) });
    }
    return found;
  });
}

/** What a server gives away. Imported there again with --overwrite, it leaves secrets as they are. */
async function askFor({ terminal }: CommandContext, remote: RemoteServer): Promise<readonly Connection[]> {
  const { listShownConnections } = await import("../remote/shown-connections.ts");
  const all = await listShownConnections(remote);
  const sealed = all.filter(({ isReadable }) => !isReadable).map(({ connection }) => connection.id);
  terminal.say("A server shows no secrets: passwords are left out, and what is secret elsewhere is ***.");
  if (sealed.length > 0) terminal.say(`left out, because the server lacks their key: ${sealed.join(", ")}`);
  return all.filter(({ isReadable }) => isReadable).map(({ connection }) => connection);
}

function formatOf(file: string): FileFormat {
  const ending = extname(file === ".env" ? "x.env" : file).toLowerCase();
  if (ending === ".yaml" || ending === ".yml") return "yaml";
  return ending === ".env" ? "env" : "json";
}

function textOf(connections: readonly Connection[], format: FileFormat, serialization: "json" | "uri"): string {
  const valueOf = serialization === "uri" ? connectionUri : connectionFields;
  switch (format) {
    case "json":
      return JSON.stringify(Object.fromEntries(connections.map((each) => [each.id, valueOf(each)])), undefined, 2);
    case "yaml":
      return stringify(Object.fromEntries(connections.map((each) => [each.id, valueOf(each)])));
    case "env":
      return connections.map((each) => envLine(each, valueOf(each))).join("\n");
    default:
      throw new Error(`unreachable: ${format satisfies never}`);
  }
}

function envLine({ id }: Connection, value: unknown): string {
  if (id.includes("=") || id.startsWith("#"))
    throw new MillraceError("BAD_ARGUMENT", `the connection "${id}" cannot stand in an env file`, {
      details: { hint: "Use --file-format json." },
    });
  return `${id}=${typeof value === "string" ? value : JSON.stringify(value)}`;
}
