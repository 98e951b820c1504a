import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { MillraceError, type SecretsBackend } from "@millrace/core";
import { environmentSecrets } from "@millrace/engine";
import { parse } from "yaml";

/** Bits of a mode by which others than the owner may do anything. */
const OTHERS = 0o077;

type Entries = Readonly<Record<string, unknown>>;

/**
 * Variables and connections from a file: JSON or YAML with `variables` and `connections`, or a `.env` file with the names that the environment has. It is
 * read again when it was changed.
 *
 * Nothing is found, and everything rejects with BAD_CONFIG, while the file is missing, broken, or others than its owner may read it.
 */
export function fileSecrets(path: string): SecretsBackend {
  let seen: { readonly stamp: string; readonly backend: SecretsBackend } | undefined;
  const backend = (): SecretsBackend => {
    const stamp = stampOf(path);
    if (stamp !== seen?.stamp) seen = { stamp, backend: readBackend(path) };
    return seen.backend;
  };
  return {
    variable: async (key) => await backend().variable(key),
    connection: async (connectionId) => await backend().connection(connectionId),
  };
}

function stampOf(path: string): string {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) throw new MillraceError("BAD_CONFIG", `secrets.file: there is no file ${path}`);
  if (process.platform !== "win32" && (Number(facts.mode) & OTHERS) !== 0)
    throw new MillraceError("BAD_CONFIG", `secrets.file: others than its owner may read ${path}`, {
      details: { hint: `chmod 600 ${path}` },
    });
  return `${facts.ino}:${facts.mtimeNs}:${facts.size}`;
}

function readBackend(path: string): SecretsBackend {
  const text = readFileSync(path, "utf8");
  if (path.endsWith(".env")) return environmentSecrets(readLines(text, path));
  const value = readObject(parseText(text, path), path, "it");
  const variables = readObject(value["variables"] ?? {}, path, "variables");
  const connections = readObject(value["connections"] ?? {}, path, "connections");
  return {
    variable: (key) => Promise.resolve(textOf(variables, key)),
    connection: (connectionId) => Promise.resolve(textOf(connections, connectionId)),
  };
}

function parseText(text: string, path: string): unknown {
  try {
    return [".yaml", ".yml"].includes(extname(path).toLowerCase()) ? parse(text) : JSON.parse(text);
  } catch {
    // What the parsers say quotes the file.
    throw new MillraceError("BAD_CONFIG", `secrets.file: ${path} is neither JSON nor YAML, as its ending says`);
  }
}

function readObject(value: unknown, path: string, what: string): Entries {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Entries;
  throw new MillraceError(
    "BAD_CONFIG",
    `secrets.file: ${path}: ${what} must be an object with a property for each name`,
  );
}

function textOf(entries: Entries, name: string): string | undefined {
  if (!Object.hasOwn(entries, name)) return undefined;
  const value = entries[name];
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As in files to import: no quotes, no escapes. */
function readLines(text: string, path: string): Readonly<Record<string, string>> {
  const entries = text.split(/\r?\n/).flatMap((line, index): readonly (readonly [string, string])[] => {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const at = trimmed.indexOf("=");
    if (at < 1)
      throw new MillraceError("BAD_CONFIG", `secrets.file: ${path}, line ${index + 1}: it must be NAME=value`);
    return [[trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim()]];
  });
  return Object.fromEntries(entries);
}
