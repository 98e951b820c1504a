import type { Command } from "commander";
import { knownConnections, missingConnection } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

/** `millrace connections delete ID...`. All of them must be there. */
export function makeConnectionsDelete(shell: Shell): Command {
  return makeCommand("delete", "delete connections from the database")
    .argument("<conn_id...>")
    .action(
      action(shell, async (context, [ids]: [readonly string[]]) => {
        await withDatabase(context, async (project) => {
          const known = await knownConnections(project);
          const wrong = ids.find((id) => !known.has(id));
          if (wrong !== undefined) throw await missingConnection(project, wrong);
          for (const id of new Set(ids)) await project.queries.deleteConnection(id);
        });
        context.terminal.say(`deleted: ${ids.join(", ")}`);
      }),
    );
}
