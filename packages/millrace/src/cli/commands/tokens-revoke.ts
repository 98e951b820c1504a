import { MillraceError } from "@millrace/core";
import type { Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { readCount } from "../read-count.ts";

/** `millrace tokens revoke ID`: it holds no more. */
export function makeTokensRevoke(shell: Shell): Command {
  return makeCommand("revoke", "end a token")
    .argument("<token-id>", "as `millrace tokens list` shows it")
    .action(
      action(shell, async (context, [id]: [string]) => {
        const tokenId = readCount("token-id", id, [1, 2_147_483_647]);
        await withAccounts(context, async ({ tokens, note }) => {
          if (!(await tokens.revoke(tokenId)))
            throw new MillraceError("NOT_FOUND", `there is no token ${tokenId} that holds`, {
              details: { tokenId, hint: "`millrace tokens list` shows all." },
            });
          await note("tokens.revoke", id);
        });
        context.terminal.say(`token ${tokenId} revoked`);
      }),
    );
}
