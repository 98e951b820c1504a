import { isPermission } from "@millrace/api/built-in-roles";
import { MillraceError, parseDuration } from "@millrace/core";
import { Option, type Command } from "commander";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { getUser, withAccounts } from "../open-accounts.ts";

interface Options {
  readonly username: string;
  readonly name: string;
  readonly scope?: readonly string[];
  readonly expiresIn?: string;
  readonly password?: string;
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
    .addOption(new Option("-p, --password <text>", "with --server: the user's own password; - for standard input"))
    .action(
      action(shell, async (context, _args: [], options: Options) => {
        const { name, scope: scopes } = options;
        for (const scope of scopes ?? []) requireScope(scope);
        const holdsFor = options.expiresIn === undefined ? undefined : parseDuration(options.expiresIn);
        const limits = { ...(scopes && { scopes }), ...(holdsFor !== undefined && { holdsFor }) };
        const token = await withAccounts(await asUser(context, options), async ({ accounts, tokens, note }) => {
          // Through a server it is the user's own, and they may not be allowed to see users.
          const { username } = context.remote ? options : await getUser(accounts, { username: options.username });
          const made = await tokens.create({ username, name, ...limits });
          await note("tokens.create", `${username} ${name}`);
          return made;
        });
        context.terminal.say("This is the only time that the token is shown:");
        context.terminal.print(token);
      }),
    );
}

/** Through a server the user comes in person: a token makes no token, or one that leaked would live on in others. */
async function asUser(context: CommandContext, { username, password }: Options): Promise<CommandContext> {
  const { remote, terminal } = context;
  if (!remote) {
    if (password === undefined) return context;
    throw new MillraceError("BAD_ARGUMENT", "--password is for --server: here nobody needs to log in");
  }
  if (password === undefined)
    throw new MillraceError("BAD_ARGUMENT", `through a server, ${username} makes the token in person`, {
      details: { hint: "Use --password - and write the user's password to standard input." },
    });
  const given = password === "-" ? (await terminal.readInput()).replace(/\r?\n$/, "") : password;
  return { ...context, remote: { url: remote.url, login: { username, password: given } } };
}

function requireScope(scope: string): void {
  const [, actionName = "", resource = ""] = /^(\S+) (.+)$/s.exec(scope) ?? [];
  if (isPermission(actionName, resource)) return;
  throw new MillraceError("BAD_ARGUMENT", `there is no permission ${JSON.stringify(scope)}`, {
    details: { hint: "Write it like 'can_read DAGs'. `millrace roles list --permission` shows what there is." },
  });
}
