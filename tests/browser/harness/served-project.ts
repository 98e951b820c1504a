import { execFileSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { existsSync, globSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createClient, type MillraceClient } from "@millrace/api";
import { expect, vi } from "vitest";
import { cliProject, type Ended } from "../../harness/cli-project.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const DAGS = join(ROOT, "tests/browser/dags");

/** The first user of the projects under test. */
export const ADMIN = { username: "admin", password: "admin-of-the-tests" } as const;

/** A Millrace as `npm start` runs it, with the interface, on the DAGs of tests/browser/dags. */
export interface ServedProject extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** As {@link ADMIN}. */
  readonly client: MillraceClient;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Runs a command of the command line in the project. */
  run(...args: readonly string[]): Promise<Ended>;
  write(file: string, text: string): Promise<void>;
  /** Kills the server's process; `millrace start` starts another one. @returns when that answers */
  killServer(): Promise<void>;
}

/** Starts one. @throws Error when the interface is not built */
export async function servedProject(env: Readonly<Record<string, string>> = {}): Promise<ServedProject> {
  if (!existsSync(join(ROOT, "packages/ui/dist/index.html")))
    throw new Error(
      "the interface is not built: run the tests with `npm run test:browser`, or `npm run build:ui` before",
    );
  const project = await cliProject(
    { "millrace.json": "{}" },
    {
      MILLRACE__SERVER__ENABLED: "true",
      MILLRACE__SERVER__PORT: "0",
      MILLRACE__SERVER__REQUESTS_PER_MINUTE: "0",
      MILLRACE__SERVER__TEST_CONNECTION: "enabled",
      MILLRACE__SERVER__EXPOSE_CONFIG: "true",
      MILLRACE__AUTH__ADMIN_PASSWORD: ADMIN.password,
      ...env,
    },
  );
  await mkdir(join(project.folder, "dags"), { recursive: true });
  for (const file of globSync(join(DAGS, "*.dag.ts")))
    await copyFile(file, join(project.folder, "dags", basename(file)));
  const started = await project.start();
  const [, url = ""] = await started.until(/server {4}(http:\/\/127\.0\.0\.1:\d+)/);
  return {
    url,
    folder: project.folder,
    client: createClient({ url, ...ADMIN }),
    output: started.output,
    run: project.run,
    write: project.write,
    async killServer() {
      const parent = String(started.process.pid);
      const lines = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" }).split("\n");
      const [pid] = lines
        .map((line) => line.trim().split(/\s+/))
        .filter(([, ppid, ...args]) => ppid === parent && args.join(" ").includes("server-child"));
      process.kill(Number(pid?.[0]), "SIGKILL");
      await started.until(/server starts again/);
      await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
        timeout: 60_000,
        interval: 100,
      });
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
