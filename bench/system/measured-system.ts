import { fork } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ENGINE_FAILED, type Answers, type Ask, type Reply, type RunTimings } from "./protocol.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CHILD = join(import.meta.dirname, "system-child.ts");
const PRELOAD = join(import.meta.dirname, "..", "profile", "worker-profile-child.ts");
const OUTPUT_CHARS = 8_000;
const STOP_MS = 20_000;

/** What a system under measurement is started with. */
export interface SystemOptions {
  /** Its project folder; made when it is not there. */
  readonly folder: string;
  readonly databaseUrl: string;
  /** `MILLRACE__…` settings that differ from the defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where worker processes write their CPU profiles. */
  readonly profileFolder?: string;
}

/** A Millrace in a process of its own. */
export interface MeasuredSystem {
  readonly pid: number;
  /** From the start of its code to "everything runs". */
  readonly startMs: number;
  ask<K extends Ask["k"]>(ask: Extract<Ask, { k: K }>): Promise<Answers[K]>;
  /** Triggers runs and waits for their ends. */
  run(dagId: string, runs: number, how: Pick<Extract<Ask, { k: "run" }>, "pace" | "conf">): Promise<RunTimings>;
  stop(): Promise<void>;
}

/** Makes a project with the DAG files of the bench. */
export async function makeProject(folder: string): Promise<void> {
  await mkdir(join(folder, "dags"), { recursive: true });
  await cp(join(import.meta.dirname, "..", "dags"), join(folder, "dags"), { recursive: true });
  await linkModules(folder);
}

/** DAG files of a folder find the packages of this repository. */
export async function linkModules(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "bench", private: true, type: "module" }));
}

/** Starts a Millrace as `millrace start` does. @throws Error with what it printed when it does not come up. */
export async function startSystem(options: SystemOptions): Promise<MeasuredSystem> {
  const child = fork(CHILD, [options.folder], {
    env: environment(options),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-OUTPUT_CHARS)));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const expect = (id: number): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    return answer.promise;
  };
  const failAll = (error: Error): void => {
    for (const answer of waiting.values()) answer.reject(error);
    waiting.clear();
  };
  child.on("message", (message) => {
    const { id, value, error } = message as Reply;
    if (id === ENGINE_FAILED) {
      failAll(new Error(error));
      return;
    }
    const answer = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) answer?.resolve(value);
    else answer?.reject(new Error(`${error}\n${output}`));
  });
  const ended = new Promise<void>((gone) => child.once("exit", () => gone()));
  void ended.then(() => failAll(new Error(`the measured Millrace ended:\n${output}`)));
  let asked = 0;
  const ask: MeasuredSystem["ask"] = async (wish) => {
    asked += 1;
    const answer = expect(asked);
    child.send({ id: asked, ask: wish });
    return (await answer) as Answers[(typeof wish)["k"]];
  };
  const startMs = (await expect(0)) as number;
  return {
    pid: child.pid ?? 0,
    startMs,
    ask,
    run: (dagId, runs, how) => ask({ k: "run", dagId, runs, ...how }),
    async stop() {
      const overdue = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      try {
        await ask({ k: "stop" });
        child.disconnect();
        await ended;
      } finally {
        clearTimeout(overdue);
      }
    },
  };
}

/** Without the settings of whoever runs the bench. */
function environment({ databaseUrl, settings, profileFolder }: SystemOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_") && name !== "NODE_OPTIONS");
  return {
    ...Object.fromEntries(kept),
    MILLRACE__DATABASE__URL: databaseUrl,
    ...settings,
    ...(profileFolder !== undefined && {
      // Workers see no environment but what is named; this is how they get the profiler.
      MILLRACE__EXECUTOR__ENVIRONMENT: "NODE_OPTIONS",
      NODE_OPTIONS: `--import=${PRELOAD}`,
      MILLRACE_TASK_PROFILE_FOLDER: profileFolder,
    }),
  };
}
