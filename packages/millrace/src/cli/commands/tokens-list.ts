import type { TokenInfo } from "@millrace/core";
import { Option, type Command } from "commander";
import { allPages } from "../find-things.ts";
import { action, addRowsOptions, makeCommand, type RowsOptions, type Shell } from "../make-command.ts";
import { withAccounts } from "../open-accounts.ts";
import { tokenRow } from "../output/account-rows.ts";
import { printRows } from "../output/print-rows.ts";

/** `millrace tokens list`: tokens, without what they are made of. */
export function makeTokensList(shell: Shell): Command {
  return addRowsOptions(makeCommand("list", "list tokens; what they are made of is kept nowhere"))
    .addOption(new Option("-u, --username <name>", "of this user only"))
    .action(
      action(shell, async (context, _args: [], options: RowsOptions & { readonly username?: string }) => {
        const { username } = options;
        const tokens = await withAccounts(context, async ({ tokens: kept }) => {
          const all: TokenInfo[] = [];
          const pages = allPages((page) => kept.list({ ...page, ...(username !== undefined && { username }) }));
          for await (const token of pages) all.push(token);
          return all;
        });
        printRows(context.terminal, tokens.map(tokenRow), { ...options, empty: "There are no tokens." });
      }),
    );
}
