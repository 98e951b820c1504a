import { MillraceError, parseConnection, type Connection, type VariableInfo } from "@millrace/core";
import { environmentSecrets } from "@millrace/engine";
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

/**
 * A connection as a task would get it: from the environment, else from the database, which is opened only then.
 *
 * @throws MillraceError NOT_FOUND with near names, BAD_ARGUMENT when its text is no connection.
 */
export async function getConnection(
  context: CommandContext,
  id: string,
): Promise<{ readonly connection: Connection; readonly source: "environment" | "database" }> {
  requireProject(context.config);
  const given = await environmentSecrets(context.terminal.env).connection(id);
  if (given !== undefined) return { connection: parseConnection(id, given), source: "environment" };
  return await withDatabase(context, async (project) => {
    const text = await project.queries.findConnection(id);
    if (text === undefined) throw await missingConnection(project, id);
    return { connection: parseConnection(id, text), source: "database" };
  });
}

/** The error of who names a connection that is not there, with near names. */
export async function missingConnection(project: Project, connectionId: string): Promise<MillraceError> {
  const near = didYouMean(connectionId, await knownConnections(project));
  const hint = [near, "`millrace connections list` shows all of the database."].filter((part) => part !== undefined);
  return new MillraceError("NOT_FOUND", `there is no connection "${connectionId}"`, {
    details: { connectionId, hint: hint.join(" ") },
  });
}
