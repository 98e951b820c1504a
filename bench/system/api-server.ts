import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const MILLRACE = resolve(import.meta.dirname, "../../packages/millrace/bin/millrace.mjs");
const ADMIN = { name: "bench", password: "the password of the bench" };

/** A server in a process of its own. */
export interface MeasuredServer {
  readonly url: string;
  readonly pid: number;
  /** Of an administrator, for every request. */
  readonly authorization: string;
  /** Does nothing when it has ended. */
  stop(): Promise<void>;
}

/** Starts `millrace api-server` on a database. @throws Error with what it printed when it does not come up */
export async function startApiServer(folder: string, databaseUrl: string): Promise<MeasuredServer> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_") && name !== "FORCE_COLOR");
  const child = spawn(process.execPath, [MILLRACE, "api-server", "--port", "0"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(kept),
      NO_COLOR: "1",
      MILLRACE__DATABASE__URL: databaseUrl,
      MILLRACE__LOGS__LEVEL: "error",
      MILLRACE__SERVER__REQUESTS_PER_MINUTE: "0",
      MILLRACE__AUTH__ADMIN_USERNAME: ADMIN.name,
      MILLRACE__AUTH__ADMIN_PASSWORD: ADMIN.password,
    },
  });
  let output = "";
  const exited = once(child, "exit");
  const url = await new Promise<string>((listening, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const [, found] = /server at (http:\S+)/.exec(output) ?? [];
      if (found !== undefined) listening(found);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    void exited.then(() => failed(new Error(`millrace api-server ended:\n${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    authorization: `Basic ${Buffer.from(`${ADMIN.name}:${ADMIN.password}`).toString("base64")}`,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
