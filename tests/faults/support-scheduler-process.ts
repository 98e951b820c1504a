import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { within } from "./harness/within.ts";

/** A scheduler with workers, in a process of its own. */
export interface SchedulerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Its log so far, a line each: `level event {fields}`. */
  readonly log: () => readonly string[];
  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void;
}

/** Starts one and waits until it drives its share of the DAGs. */
export async function startScheduler(options: {
  readonly url: string;
  /** Its name among the schedulers of the database. */
  readonly host: string;
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<SchedulerProcess> {
  const { url, host, dataFolder, environment } = options;
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "support-scheduler-child.ts"), url, host, dataFolder],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...environment },
    },
  );
  const ended = once(child, "close");
  let output = "";
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("info ready")) resolve();
    });
    void ended.then(() => reject(new Error(`the scheduler process of ${host} has ended:\n${output}\n${errors}`)));
  });
  const soon = async (coming: Promise<unknown>, what: string): Promise<void> => {
    try {
      await within(coming, () => `${what} of the scheduler process of ${host}, which said:\n${output}\n${errors}`);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  };
  await soon(ready, "the start");
  return {
    pid: child.pid ?? -1,
    log: () => output.split("\n"),
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      await soon(ended, "the end");
    },
  };
}
