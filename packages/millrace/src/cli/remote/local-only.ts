import { MillraceError } from "@millrace/core";
import type { Command } from "commander";

const DATABASE = "it works on the database itself, beside the server";
const PROCESS = "it is a process of this machine";
const PROGRAM = "it tells of the program on this machine";
const RUNS_FILES = "it runs the DAG files of this machine, and leaves no trace in a database";

/** Commands, and groups of them, that work on this machine, each with why: its files, its processes, its database. All others take --server. */
export const LOCAL_ONLY: Readonly<Record<string, string>> = {
  start: PROCESS,
  scheduler: PROCESS,
  "dag-processor": PROCESS,
  "api-server": PROCESS,
  init: "it makes files on this machine",
  doctor: "it examines this machine and its project",
  info: "it tells of this machine and its project",
  config: "it tells of the configuration on this machine",
  db: DATABASE,
  "rotate-fernet-key": DATABASE,
  "dags test": RUNS_FILES,
  "tasks test": RUNS_FILES,
  "webhooks send": "it signs with the webhook's secret, which no server gives away; --url says where to deliver",
  "cheat-sheet": PROGRAM,
  completion: PROGRAM,
  version: PROGRAM,
};

/** What a command is called, without the program: `dags list`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

/** Why a command works on this machine alone; undefined when it works through a server, too. */
export function whyLocalOnly(path: string): string | undefined {
  return Object.entries(LOCAL_ONLY).find(([each]) => path === each || path.startsWith(`${each} `))?.[1];
}

/** @throws MillraceError BAD_ARGUMENT for a command that cannot be sent to a server */
export function refuseLocalOnly(path: string): void {
  const why = whyLocalOnly(path);
  if (why === undefined) return;
  throw new MillraceError("BAD_ARGUMENT", `\`${path}\` works on this machine alone and takes no --server: ${why}`, {
    details: { hint: "Run it on the server's host, without --server." },
  });
}
