import { openPool, type DatabasePool } from "@millrace/store";
import { openDatabase, type OpenDatabase } from "../system/open-database.ts";
import type { CommandContext } from "./make-command.ts";
import { requireProject } from "./open-project.ts";

/**
 * Opens the database of a project as it is: its schema is neither checked nor brought up to date.
 *
 * @throws MillraceError BAD_CONFIG when there is no project, NO_DATABASE
 */
export async function withPool<T>(
  { config, terminal }: Pick<CommandContext, "config" | "terminal">,
  work: (pool: DatabasePool, database: OpenDatabase) => Promise<T>,
): Promise<T> {
  requireProject(config);
  const database = await openDatabase(config, "command");
  try {
    const pool = await openPool({ url: database.url, max: 2, log: (line) => terminal.say(line) });
    try {
      return await work(pool, database);
    } finally {
      await pool.close();
    }
  } finally {
    await database.close();
  }
}
