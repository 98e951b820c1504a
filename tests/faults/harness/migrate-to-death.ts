import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { within } from "./within.ts";

/** Where a migrating process dies. */
export interface MigrationDeath {
  /** Counted from 1. */
  readonly statement: number;
  /** before: it is not sent. sent: it is, and nobody hears the answer. */
  readonly at: "before" | "sent";
}

/**
 * Migrates a database in a process of its own.
 *
 * @returns how many statements it took; undefined when the process died as it was told to.
 */
export async function migrateToDeath(url: string, death: MigrationDeath | null): Promise<number | undefined> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "migrating-child.ts"), url, JSON.stringify(death)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code, signal] = await endOf(child);
  if (signal === "SIGKILL") return undefined;
  if (code !== 0) throw new Error(`the migrating process ended with ${code ?? signal}`);
  return Number(output);
}

async function endOf(child: ChildProcess): Promise<readonly [code: number | null, signal: NodeJS.Signals | null]> {
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  try {
    return await within(closed, () => "the end of the migrating process");
  } finally {
    child.kill("SIGKILL");
  }
}
