import { isSecretName, MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { knownVariables } from "../find-secrets.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { withDatabase } from "../open-project.ts";

interface Options {
  readonly json?: true;
  readonly description?: string;
  readonly secret?: boolean;
}

/** `millrace variables set KEY VALUE`: makes or replaces a variable; one whose name says that it is secret is sealed. */
export function makeVariablesSet(shell: Shell): Command {
  return makeCommand("set", "make a variable, or replace one")
    .argument("<key>")
    .argument("<value>", "- reads it from standard input, where no list of processes shows it")
    .option("-j, --json", "refuse a value that is not JSON")
    .option("--description <text>", "for people; default what it was")
    .option(
      "--secret",
      "seal it in the database and show it in no list; default for names like api_key, *_password, *_token",
    )
    .addOption(new Option("--no-secret", "keep it readable, whatever its name is"))
    .action(
      action(shell, async (context, [key, given]: [string, string], options: Options) => {
        const { terminal } = context;
        const value = given === "-" ? (await terminal.readInput()).replace(/\r?\n$/, "") : given;
        if (options.json) requireJson(key, value);
        await withDatabase(context, async (project) => {
          const before = (await knownVariables(project)).get(key);
          const secret = options.secret ?? (before?.secret === true || isSecretName(key));
          const description = options.description ?? before?.description ?? "";
          await project.queries.setVariable({ key, value, secret, description });
          const sealed = secret ? ", sealed: lists show it as ***" : "";
          terminal.say(`variable ${key} ${before ? "replaced" : "made"}${sealed}`);
        });
      }),
    );
}

function requireJson(key: string, value: string): void {
  try {
    JSON.parse(value);
  } catch {
    // The parser's message quotes the value, which may be secret.
    throw new MillraceError("BAD_ARGUMENT", `the value for ${key} is not JSON`, {
      details: { key, hint: `Text needs its quotes: '"text"'. Without --json any text will do.` },
    });
  }
}
