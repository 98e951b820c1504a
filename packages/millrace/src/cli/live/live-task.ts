import type { LogLine } from "@millrace/engine";
import { showLogLine } from "../output/show-log.ts";
import { showSpan } from "../output/show-time.ts";
import type { Terminal } from "../terminal.ts";
import { spinner } from "./spinner.ts";

const FRAME_MS = 100;
const LAST_LINES = 20;

/** One task that runs alone: its log, and below it, for who sits at the terminal, what it does and for how long. `l` hides the log and shows it again, `q` stops. */
export class LiveTask {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #inputs: readonly string[];
  readonly #startedMs = performance.now();
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout | undefined;
  #hidden: LogLine[] | undefined;
  #goesOnMs = 0;
  #hasEnded = false;

  constructor(options: {
    readonly terminal: Terminal;
    readonly label: string;
    /** Lines that stand above it: where its inputs come from. */
    readonly inputs: readonly string[];
    readonly onQuit: () => void;
  }) {
    this.#terminal = options.terminal;
    this.#label = options.label;
    this.#inputs = options.inputs;
    this.#unlisten = options.terminal.onKey((key) => {
      if (key === "q") options.onQuit();
      if (key === "l") this.#toggle();
    });
    if (options.terminal.screen) this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    else for (const line of options.inputs) options.terminal.say(line.trimStart());
  }

  line(line: LogLine): void {
    if (this.#hidden) this.#hidden.push(line);
    else this.#say(line);
  }

  /** It looks again, or goes on, after so long. */
  waits(micros: number): void {
    this.#goesOnMs = performance.now() + micros / 1_000;
    if (!this.#timer) this.#terminal.say(`looks again in ${showSpan(micros)}`);
  }

  /** Takes the live lines away, once. The end of a hidden log is shown when the task has failed. */
  end({ hasFailed }: { readonly hasFailed: boolean }): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#timer);
    this.#unlisten();
    this.#terminal.status("");
    if (hasFailed) for (const line of this.#hidden?.slice(-LAST_LINES) ?? []) this.#say(line);
  }

  #toggle(): void {
    const missed = this.#hidden;
    this.#hidden = missed ? undefined : [];
    for (const line of missed ?? []) this.#say(line);
  }

  #say(line: LogLine): void {
    this.#terminal.say(showLogLine(line, this.#terminal.paintTalk));
  }

  #draw(): void {
    const { paintTalk: paint, isInteractive } = this.#terminal;
    const nowMs = performance.now();
    const leftMs = this.#goesOnMs - nowMs;
    const span = paint.dim(showSpan((nowMs - this.#startedMs) * 1_000));
    const does = leftMs > 0 ? paint.yellow(`looks again in ${Math.ceil(leftMs / 1_000)} s`) : paint.cyan("running");
    const sign = spinner(paint, Math.floor((nowMs - this.#startedMs) / FRAME_MS));
    const keys = isInteractive ? [paint.dim(`  l ${this.#hidden ? "shows" : "hides"} the log · q stops`)] : [];
    this.#terminal.status([...this.#inputs, `${sign} ${this.#label} ${does} ${span}`, ...keys].join("\n"));
  }
}
