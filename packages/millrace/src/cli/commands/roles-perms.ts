import { ACTIONS, RESOURCES } from "@millrace/api/access";
import { isPermission } from "@millrace/api/built-in-roles";
import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { didYouMean } from "../../near-names.ts";
import { action, makeCommand, type Shell } from "../make-command.ts";
import { requireRoles, withAccounts } from "../open-accounts.ts";

interface Options {
  readonly resource: readonly string[];
  readonly action: readonly string[];
}

/** `millrace roles add-perms` and `del-perms`: each action on each resource, for each role. */
export function makeRolesPerms(shell: Shell, verb: "add-perms" | "del-perms"): Command {
  const adds = verb === "add-perms";
  return makeCommand(verb, adds ? "let roles do more" : "let roles do less")
    .argument("<role...>")
    .addOption(
      new Option("-r, --resource <names...>", "with what, like Pools, or DAG:orders for one DAG").makeOptionMandatory(),
    )
    .addOption(new Option("-a, --action <names...>", `what: ${ACTIONS.join(", ")}`).makeOptionMandatory())
    .action(
      action(shell, async (context, [names]: [readonly string[]], options: Options) => {
        const permissions = options.resource.flatMap((resource) =>
          options.action.map((each) => ({ action: each, resource })),
        );
        for (const { action: each, resource } of permissions) requirePermission(each, resource);
        await withAccounts(context, async ({ accounts, note }) => {
          await requireRoles(accounts, names);
          for (const name of names) {
            if (adds) await accounts.grantPermissions(name, permissions);
            else await accounts.revokePermissions(name, permissions);
            await note(`roles.${verb}`, `${name}: ${options.action.join(",")} on ${options.resource.join(",")}`);
            context.terminal.say(
              `role ${name} may ${adds ? "" : "no longer "}${options.action.join(", ")} on ${options.resource.join(", ")}`,
            );
          }
        });
      }),
    );
}

function requirePermission(actionName: string, resource: string): void {
  if (isPermission(actionName, resource)) return;
  const isAction = ACTIONS.some((each) => each === actionName);
  const [what, name, known] = isAction
    ? (["resource", resource, RESOURCES] as const)
    : (["action", actionName, ACTIONS] as const);
  const hint = [didYouMean(name, known), `There are ${known.join(", ")}.`].filter((part) => part !== undefined);
  throw new MillraceError("BAD_ARGUMENT", `there is no ${what} "${name}" that roles could have`, {
    details: { hint: hint.join(" ") },
  });
}
