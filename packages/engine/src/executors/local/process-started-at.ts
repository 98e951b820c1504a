import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * What tells a process from a later one with the same id: its start time, in a form that is only good for comparing.
 *
 * @returns undefined when no such process lives.
 */
export async function processStartedAt(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    // The name in parentheses may itself contain spaces and parentheses, so fields are counted from the last one. A zombie lives no more.
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.length < 20 || fields[0] === "Z" ? undefined : fields[19];
  }
  // ps ends with 1 when there is no such process, which is the answer here.
  const listed = await run("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => undefined);
  return listed?.stdout.trim() || undefined;
}
