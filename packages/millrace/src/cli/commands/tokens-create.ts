import { isPermission } from "@millrace/api/built-in-roles";
import { MillraceError, parseDuration } from "@millrace/core";
import { mintToken } from "@millrace/server/access";
import { Option, type Command } from "commander";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { getUser, withAccounts } from "../open-accounts.ts";

interface Options {
  readonly username: string;
  readonly name: string;
  readonly scope?: readonly string[];
  readonly expiresIn?: string;
}

/** `millrace tokens create`: prints a bearer token, once. */
export function makeTokensCreate(shell: Shell): Command {
  return makeCommand("create", "make a bearer token for programs and print it, once")
    .addOption(new Option("-u, --username <name>", "the user whom it acts for").makeOptionMandatory())
    .addOption(new Option("-n, --name <name>", "what it is for").makeOptionMandatory())
    .addOption(
      new Option(
        "-s, --scope <permissions...>",
        "what it may at most, like 'can_read DAGs'; default: all that the user may",
      ),
    )
    .addOption(new Option("--expires-in <duration>", "how long it holds, like 90d; default: for ever"))
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const { name, scope: scopes } = options;
        for (const scope of scopes ?? []) requireScope(scope);
        const holdsFor = options.expiresIn === undefined ? undefined : parseDuration(options.expiresIn);
        const { token, hash, hint } = mintToken();
        await withAccounts(context, async ({ accounts, logins, note, now }) => {
          const { userId, username } = await getUser(accounts, { username: options.username });
          const expiresAt = holdsFor === undefined ? undefined : (await now()) + holdsFor;
          const limits = { ...(scopes && { scopes }), ...(expiresAt !== undefined && { expiresAt }) };
          await logins.createToken({ userId, name, hash, hint, ...limits });
          await note("tokens.create", `${username} ${name}`);
        });
        context.terminal.say("This is the only time that the token is shown:");
        context.terminal.print(token);
      }),
    );
}

function requireScope(scope: string): void {
  const [, actionName = "", resource = ""] = /^(\S+) (.+)$/s.exec(scope) ?? [];
  if (isPermission(actionName, resource)) return;
  throw new MillraceError("BAD_ARGUMENT", `there is no permission ${JSON.stringify(scope)}`, {
    details: { hint: "Write it like 'can_read DAGs'. `millrace roles list --permission` shows what there is." },
  });
}
