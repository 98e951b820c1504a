import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Answer, Command } from "@millrace/core";
import type { Death, FromSystem, Passings, ToSystem } from "./protocol.ts";
import { within } from "./within.ts";

const ENTRY = join(import.meta.dirname, "system-child.ts");

/** What a Millrace process is started with. */
export interface LaunchOptions {
  readonly folder: string;
  readonly url?: string;
  /** An order that holds from the start. */
  readonly death?: Death;
}

/** A Millrace in a process of its own. */
export interface SystemProcess {
  readonly process: ChildProcess;
  /** The signal that ended it, null after an end of its own. */
  readonly ended: Promise<NodeJS.Signals | null>;
  /** Its engine's log. */
  readonly output: () => string;
  /** From now on it counts how often it passes each point, and dies where it is told. */
  die(death: Death): void;
  passings(): Promise<Passings>;
  /** Carries out a command. @returns undefined when it died before it answered. */
  send(dagId: string, command: Command): Promise<Answer | undefined>;
  /** A clean end. @throws Error with its output when it takes a minute; then it is killed. */
  stop(): Promise<void>;
  /** Kill -9, unless it is dead. @returns once it is. */
  kill(): Promise<void>;
}

/** Starts one. @returns when it is ready, or has died by its order. @throws Error with its output when it is neither after a minute, or has ended by itself. */
export async function launchSystem({ folder, url, death }: LaunchOptions): Promise<SystemProcess> {
  const child = fork(ENTRY, [folder, ...(death ? [JSON.stringify(death)] : [])], {
    cwd: folder,
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    env: environment(url),
  });
  let output = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
  const hear = <K extends FromSystem["k"]>(kind: K): Promise<Extract<FromSystem, { k: K }> | undefined> =>
    Promise.race([
      new Promise<Extract<FromSystem, { k: K }>>((resolve) => {
        const listener = (message: FromSystem): void => {
          if (message.k !== kind) return;
          child.off("message", listener);
          resolve(message as Extract<FromSystem, { k: K }>);
        };
        child.on("message", listener);
      }),
      ended.then(() => undefined),
    ]);
  const tell = (message: ToSystem): void => void child.send(message, () => undefined);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await within(ended, () => `the end of a system that was killed:\n${output}`);
  };
  const soon = async <T>(coming: Promise<T>, what: string): Promise<T> => {
    try {
      return await within(coming, () => `${what}. The system said:\n${output}`);
    } catch (error) {
      await kill();
      throw error;
    }
  };
  const ready = await soon(hear("ready"), "a system's start");
  if (ready === undefined && (await ended) === null) throw new Error(`the system did not start:\n${output}`);
  return {
    process: child,
    ended,
    output: () => output,
    die: (order) => tell({ k: "die", death: order }),
    async passings() {
      const heard = hear("passings");
      tell({ k: "count" });
      return (await soon(heard, "its passings"))?.passings ?? {};
    },
    async send(dagId, command) {
      const heard = hear("answered");
      tell({ k: "send", dagId, command });
      return (await soon(heard, `an answer to ${command.kind} of ${dagId}`))?.answer;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await soon(ended, "its end");
    },
    kill,
  };
}

/** Without the settings of whoever runs the tests. */
function environment(url: string | undefined): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_"));
  return { ...Object.fromEntries(kept), ...(url !== undefined && { MILLRACE__DATABASE__URL: url }) };
}
