import { Option, type Command } from "commander";

/** Adds `-u` and `-e`, one of which says which user. */
export function addUserOptions(command: Command): Command {
  return command
    .addOption(new Option("-u, --username <name>", "the user of this name"))
    .addOption(new Option("-e, --email <address>", "the user with this address"));
}
