import { MillraceError } from "@millrace/core";
import type { Command } from "commander";

/** Commands, and groups of them, that work on this machine: its files, its processes, its database. */
const LOCAL_ONLY: readonly string[] = [
  "start",
  "scheduler",
  "dag-processor",
  "api-server",
  "init",
  "doctor",
  "info",
  "config",
  "db",
  "rotate-keys",
  "users",
  "roles",
  "tokens",
  "webhooks",
  "dags test",
  "job execute",
  "tasks test",
  "connections test",
  "connections export",
  "connections get",
];

/** What a command is called, without the program: `dags list`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/** Whether a command works on this machine alone. */
export function isLocalOnly(path: string): boolean {
  return LOCAL_ONLY.some((each) => path === each || path.startsWith(`${each} `));
}

/** @throws MillraceError BAD_ARGUMENT for a command that cannot be sent to a server */
export function refuseLocalOnly(path: string): void {
  if (!isLocalOnly(path)) return;
  throw new MillraceError("BAD_ARGUMENT", `\`${path}\` works on this machine alone and takes no --server`, {
    details: { hint: "Run it on the server's host, without --server." },
  });
}
