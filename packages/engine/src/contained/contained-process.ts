import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeChildEnd, tooMuchMemory } from "../executors/local/describe-child-end.ts";
import { residentMb } from "../executors/local/resident-mb.ts";
import { killGroup } from "../executors/local/survivors.ts";

/** Starting Node is not the time of what runs in it. */
export const START_LIMIT_MS = 60_000;
/** Why a process is given up that takes longer. */
export const DOES_NOT_START = `Node does not start within ${START_LIMIT_MS / 1_000} s`;

const TAIL_CHARS = 8_000;
/** Code and buffers beside the heap are normal; this much of it is not. */
const RESIDENT_FACTOR = 2;
const MEMORY_LOOK_MS = 100;

/** What a contained process is made with. */
export interface ContainedProcessOptions<Said> {
  /** The module that it runs; of a package that was built the `.js` beside this one. */
  readonly entry: URL;
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** What it does, for messages: `loading`, `its code`. */
  readonly work: string;
  /** Where Node keeps compiled code of packages, so that a process starts faster than the first. */
  readonly codeCacheFolder?: string | undefined;
  readonly onMessage: (said: Said) => void;
  /** Told once, after its end, with the end of what it wrote to stderr. */
  readonly onEnd: (why: string) => void;
}

/**
 * A child process for user code. It leads its own process group, so that what user code starts ends with it, and keeps nobody alive who waits for nothing.
 */
export class ContainedProcess<Said, Told> {
  readonly #options: ContainedProcessOptions<Said>;
  readonly #child: ChildProcess;
  #output = "";
  isDead = false;

  constructor(options: ContainedProcessOptions<Said>) {
    const { entry, env, memoryMb, codeCacheFolder, work } = options;
    this.#options = options;
    this.#child = fork(fileURLToPath(entry), [], {
      detached: true,
      env: { ...env, ...(codeCacheFolder !== undefined && { NODE_COMPILE_CACHE: codeCacheFolder }) },
      execArgv: [`--max-old-space-size=${memoryMb}`, "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#child.stderr as unknown as { unref?(): void } | null)?.unref?.();
    this.#child.stderr
      ?.setEncoding("utf8")
      .on("data", (text: string) => (this.#output = (this.#output + text).slice(-TAIL_CHARS)));
    this.#child.on("message", (said) => options.onMessage(said as Said));
    this.#child.on("error", (error) => this.#ended(error.message));
    this.#child.on("close", (code, signal) =>
      this.#ended(describeChildEnd({ code, signal, output: this.#output, memoryMb, work })),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Says something; a process that has just died tells its end instead of an answer. */
  send(told: Told): void {
    if (this.#child.connected) this.#child.send(told as object, () => undefined);
  }

  /** Calls `stop` with a sentence when it holds too much memory. @returns what ends the watch */
  watchMemory(stop: (why: string) => void): () => void {
    const { memoryMb, work } = this.#options;
    const look = setInterval(() => {
      if (residentMb(this.pid) > memoryMb * RESIDENT_FACTOR) stop(tooMuchMemory(work, memoryMb));
    }, MEMORY_LOOK_MS);
    return () => clearInterval(look);
  }

  /** Ends it and all that user code has started in it, at once. */
  kill(): void {
    this.isDead = true;
    if (this.pid !== undefined) killGroup(this.pid);
  }

  #ended(why: string): void {
    this.kill();
    this.#options.onEnd(why);
  }
}

/** The module beside another one, as it is called in the sources and in a built package. */
export function entryBeside(module: string, name: string): URL {
  return new URL(`./${name}${module.endsWith(".ts") ? ".ts" : ".js"}`, module);
}
