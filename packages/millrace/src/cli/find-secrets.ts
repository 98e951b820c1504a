import {
  MillraceError,
  parseConnection,
  type Connection,
  type SecretsBackend,
  type VariableInfo,
} from "@millrace/core";
import { openProjectStore } from "../system/project-secrets.ts";
import { secretsPlaces, type SecretsPlace } from "../system/secrets/make-secrets.ts";
import { didYouMean } from "../near-names.ts";
import { allPages } from "./find-things.ts";
import type { CommandContext } from "./make-command.ts";
import { requireProject, withDatabase, type OpenProject } from "./open-project.ts";

type Project = Pick<OpenProject, "queries">;

/** The variables of the database by key, secret ones without their value. */
export async function knownVariables({ queries }: Project): Promise<ReadonlyMap<string, VariableInfo>> {
  const known = new Map<string, VariableInfo>();
  for await (const variable of allPages((page) => queries.listVariables(page))) known.set(variable.key, variable);
  return known;
}

/** The ids of the connections of the database. */
export async function knownConnections({ queries }: Project): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const { connectionId } of allPages((page) => queries.listConnections(page))) known.add(connectionId);
  return known;
}

/** The error of who names a variable that is not there, with near names. */
export async function missingVariable(project: Project, key: string): Promise<MillraceError> {
  const near = didYouMean(key, (await knownVariables(project)).keys());
  const hint = [near, "`millrace variables list` shows all of the database."].filter((part) => part !== undefined);
  return new MillraceError("NOT_FOUND", `there is no variable "${key}"`, { details: { key, hint: hint.join(" ") } });
}

/** Where something was found. */
export interface Found<T> {
  readonly value: T;
  readonly source: SecretsPlace;
}

/**
 * Looks for something as a task would, in the places of the configuration; the database is opened only when it is asked.
 *
 * @returns undefined when no place has it. @throws MillraceError BAD_CONFIG
 */
export async function findSecret(
  context: CommandContext,
  look: (place: SecretsBackend) => Promise<string | undefined>,
): Promise<Found<string> | undefined> {
  const { config, terminal, remote } = context;
  if (remote) return await withDatabase(context, async ({ queries }) => await findRemotely(queries, look));
  requireProject(config);
  const database = openProjectStore(config);
  try {
    for (const [source, place] of secretsPlaces(config, { env: terminal.env, database: database.reads })) {
      const value = await look(place);
      if (value !== undefined) return { value, source };
    }
    return undefined;
  } finally {
    await database.close();
  }
}

/** A server knows of its database. */
async function findRemotely(
  { findVariable, findConnection }: OpenProject["queries"],
  look: (place: SecretsBackend) => Promise<string | undefined>,
): Promise<Found<string> | undefined> {
  const value = await look({ variable: (key) => findVariable(key), connection: (id) => findConnection(id) });
  return value === undefined ? undefined : { value, source: "database" };
}

/**
 * A connection as a task would get it.
 *
 * @throws MillraceError NOT_FOUND with near names, BAD_ARGUMENT when its text is no connection.
 */
export async function getConnection(
  context: CommandContext,
  id: string,
): Promise<{ readonly connection: Connection; readonly source: SecretsPlace }> {
  const found = await findSecret(context, (place) => place.connection(id));
  if (found !== undefined) return { connection: parseConnection(id, found.value), source: found.source };
  throw await withDatabase(context, (project) => missingConnection(project, id));
}

/** The error of who names a connection that is not there, with near names. */
export async function missingConnection(project: Project, connectionId: string): Promise<MillraceError> {
  const near = didYouMean(connectionId, await knownConnections(project));
  const hint = [near, "`millrace connections list` shows all of the database."].filter((part) => part !== undefined);
  return new MillraceError("NOT_FOUND", `there is no connection "${connectionId}"`, {
    details: { connectionId, hint: hint.join(" ") },
  });
}
