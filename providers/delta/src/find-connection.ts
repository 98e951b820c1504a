import { MillraceError, type Connection, type Context } from "@millrace/core";

/** A connection as an option names it. @throws MillraceError NOT_FOUND without such an id, BAD_ARGUMENT for an id where there is no task to ask */
export async function findConnection(
  connection: Connection | string | undefined,
  ctx: Pick<Context, "connection"> | undefined,
): Promise<Connection | undefined> {
  if (typeof connection !== "string") return connection;
  if (ctx === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${connection} cannot be found by its id without the context of a task`,
    );
  return await ctx.connection(connection);
}
