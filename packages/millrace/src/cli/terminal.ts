import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import pc from "picocolors";
import { programName } from "./program-name.ts";
import { listenForKeys } from "./listen-for-keys.ts";
import { makeStatusArea, type Screen } from "./status-area.ts";

/** Colours, or none where nobody sees them. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Where a command speaks and listens. Results go to standard output, talk to standard error. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this process and its user, for the audit. */
  readonly user: string;
  /** How to call this program here, for commands that a message names: `npx millrace`. */
  readonly program: string;
  /** True when a person can be asked. */
  readonly isInteractive: boolean;
  /** Colours for standard output. */
  readonly paint: Paint;
  /** Colours for standard error. */
  readonly paintTalk: Paint;
  /** Writes a line of results. */
  print(line: string): void;
  /** Writes a line of talk. */
  say(line: string): void;
  /** Columns that results have: of the terminal, else what `COLUMNS` says, else 120. */
  readonly columns: number;
  /** What a person who watches the talk sees of it; `undefined` without a person. */
  readonly screen: Screen | undefined;
  /**
   * Shows lines below everything else, replaced by the next ones; an empty text takes them away. Lines are cut to the width of the screen. Only where
   * a person watches.
   */
  status(lines: string): void;
  /** Everything that is written to standard input until its end. */
  readInput(): Promise<string>;
  /** Asks for yes or no. @returns false without a person. */
  confirm(question: string): Promise<boolean>;
  /** Hears single keys that a person presses, without Enter; Ctrl-C stays a signal. Nothing without a person. @returns stop */
  onKey(listener: (key: string) => void): () => void;
  /** Hears SIGINT, SIGTERM and SIGHUP instead of the process ending. @returns stop */
  onStopSignal(listener: (signal: NodeJS.Signals) => void): () => void;
}

const COLUMNS = 120;
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The terminal of a process. */
export function openTerminal(options: {
  readonly process: NodeJS.Process;
  readonly env: Terminal["env"];
  readonly user: string;
}): Terminal {
  const { stdin, stdout, stderr } = options.process;
  const mayPaint = (stream: NodeJS.WriteStream): boolean =>
    options.env.NO_COLOR === undefined && (stream.isTTY || options.env.FORCE_COLOR !== undefined);
  const area = makeStatusArea(stderr);
  const onStopSignal: Terminal["onStopSignal"] = (listener) => {
    for (const signal of STOP_SIGNALS) options.process.on(signal, listener);
    return () => {
      for (const signal of STOP_SIGNALS) options.process.off(signal, listener);
    };
  };
  const isInteractive = stdin.isTTY && stderr.isTTY;
  return {
    cwd: options.process.cwd(),
    env: options.env,
    user: options.user,
    program: programName(options.process.argv[1], options.process.cwd()),
    isInteractive,
    paint: pc.createColors(mayPaint(stdout)),
    paintTalk: pc.createColors(mayPaint(stderr)),
    print: (line) => area.writeAbove(stdout, line),
    say: (line) => area.writeAbove(stderr, line),
    get columns() {
      return stdout.columns || Number(options.env.COLUMNS) || COLUMNS;
    },
    get screen() {
      return area.screen();
    },
    status: area.show,
    readInput: () => text(stdin),
    async confirm(question) {
      if (!isInteractive) return false;
      const readline = createInterface({ input: stdin, output: stderr });
      const unlisten = onStopSignal(() => readline.close());
      // Ctrl-C, Ctrl-D and a terminal that goes away are no yes.
      const closed = new Promise<string>((resolve) => readline.once("close", () => resolve("")));
      try {
        const answer = readline.question(`${question} [y/N] `).catch(() => "");
        return /^y(es)?$/i.test((await Promise.race([answer, closed])).trim());
      } finally {
        unlisten();
        readline.close();
      }
    },
    onKey: (listener) => (isInteractive ? listenForKeys(options.process, listener) : () => undefined),
    onStopSignal,
  };
}
