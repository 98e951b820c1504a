import type { EngineLog } from "@millrace/engine";
import type { Terminal } from "./terminal.ts";

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** Millrace's own log for a person who watches: a line per event, fields behind it. */
export function createTerminalLog(terminal: Terminal, level: string): EngineLog {
  const least = LEVELS.indexOf(level);
  const paint = terminal.paintTalk;
  const write = (name: string, painted: (text: string) => string) => (fields: object, event: string) => {
    if (LEVELS.indexOf(name) < least) return;
    const shown = Object.entries(fields).map(
      ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    terminal.say(`${painted(name)} ${event}${shown.length === 0 ? "" : ` ${paint.dim(shown.join(" "))}`}`);
  };
  return {
    debug: write("debug", paint.dim),
    info: write("info", paint.dim),
    warn: write("warn", paint.yellow),
    error: write("error", paint.red),
  };
}
