import type { Micros } from "@millrace/core";
import { encodeLogLine, parseLogLine, type LogLevel, type LogLine } from "../logs/log-line.ts";
import type { TryScope } from "../worker/try-scope.ts";

/** The log of one dispatch or callback, kept whole. Lines are cut and masked as those of a real try are. */
export class MemoryLog implements Pick<TryScope["log"], "write" | "flush" | "end"> {
  readonly lines: LogLine[] = [];
  readonly #now: () => Micros;
  readonly #mask: (text: string) => string;

  constructor(now: () => Micros, mask: (text: string) => string) {
    this.#now = now;
    this.#mask = mask;
  }

  write(level: LogLevel, source: string, msg: string, fields?: Readonly<Record<string, unknown>>): boolean {
    const text = encodeLogLine({ ts: this.#now(), level, source, msg, ...(fields !== undefined && { fields }) });
    const line = parseLogLine(this.#mask(text));
    if (line !== undefined) this.lines.push(line);
    return false;
  }

  flush(): void {
    // Nothing waits: every line is kept at once.
  }

  end(): undefined {
    return undefined;
  }
}
