import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dirname, "../../packages/millrace/src/cli/main.ts");

/** A command in a terminal of 80 columns and 24 rows, with somebody at the keys. */
export interface Session {
  /** Everything that it has written, without colours and carriage returns. */
  readonly shown: () => string;
  /** Waits until it has written what fits, after what was waited for before. */
  until(pattern: RegExp): Promise<void>;
  press(keys: string): void;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a command line of Millrace in a pseudo terminal (util-linux's `script`). */
export function openSession(folder: string, ...args: readonly string[]): Session {
  const command = [process.execPath, MAIN, ...args].map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", `stty rows 24 cols 80; ${command}`, "/dev/null"], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1", TERM: "xterm-256color", SHELL: "/bin/sh" },
  });
  let shown = "";
  let from = 0;
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text.replaceAll("\r", "");
    for (const watch of watchers) watch();
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  const until = (pattern: RegExp): Promise<void> =>
    new Promise((fulfil, reject) => {
      const watch = (): void => {
        const match = pattern.exec(shown.slice(from));
        if (!match) return;
        from += match.index + match[0].length;
        watchers.delete(watch);
        fulfil();
      };
      watchers.add(watch);
      watch();
      void ended.then(() => reject(new Error(`it ended before it showed ${pattern}:\n${shown}`)));
    });
  return { shown: () => shown, until, press: (keys) => void child.stdin.write(keys), ended };
}
