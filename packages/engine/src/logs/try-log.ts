import type { Clock } from "../clock.ts";
import { lineTag } from "./log-folder.ts";
import { encodeLogLine, type LogLevel } from "./log-line.ts";
import type { Segment, SegmentWriter } from "./segment-writer.ts";

/** Bounds of one try's log. */
export interface LogBounds {
  /** Lines at once, and per second from then on. */
  readonly burstLines: number;
  readonly linesPerSecond: number;
  /** Of the whole try. */
  readonly maxBytes: number;
}

/** Where the lines of a try are: {@link LogRef} of core without the host. */
export interface TryLogRef {
  readonly segment: string;
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  readonly tail: string;
  readonly complete: boolean;
}

const TAIL_CHARS = 2_000;

/**
 * The log of one dispatch. Lines are kept in memory until {@link flush} or {@link end}. A log that ends within the tail's size and was never
 * flushed is not written to a file at all: it travels whole with the result. A full disk loses lines, never a task.
 */
export class TryLog {
  readonly #tag: string;
  readonly #writer: SegmentWriter;
  readonly #clock: Clock;
  readonly #bounds: LogBounds;
  readonly #mask: (text: string) => string;
  #pending: string[] = [];
  #pendingChars = 0;
  #tail: string[] = [];
  #tailChars = 0;
  #lines = 0;
  #bytes = 0;
  #lost = 0;
  #tokens: number;
  #filledAtMs = -1;
  #segment: Segment | undefined;
  #from = 0;
  #to = 0;
  #tailIsWhole = true;

  constructor(options: {
    readonly dispatchId: string;
    readonly writer: SegmentWriter;
    readonly clock: Clock;
    readonly bounds: LogBounds;
    readonly mask: (text: string) => string;
  }) {
    this.#tag = lineTag(options.dispatchId);
    this.#writer = options.writer;
    this.#clock = options.clock;
    this.#bounds = options.bounds;
    this.#mask = options.mask;
    this.#tokens = options.bounds.burstLines;
  }

  /** True when lines wait for a flush. */
  get dirty(): boolean {
    return this.#pending.length > 0;
  }

  /** Adds a line. @returns true when so much waits that it should be flushed now. */
  write(level: LogLevel, source: string, msg: string, fields?: Readonly<Record<string, unknown>>): boolean {
    if (!this.#admit()) {
      this.#lost += 1;
      return false;
    }
    if (this.#lost > 0) this.#sayLost();
    this.#add(
      this.#mask(
        encodeLogLine(
          fields === undefined
            ? { ts: this.#clock.now(), level, source, msg }
            : { ts: this.#clock.now(), level, source, msg, fields },
        ),
      ),
    );
    return this.#pendingChars > 65_536;
  }

  /** Writes what waits to the segment. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const count = this.#pending.length;
    const text = this.#pending.map((line) => `${this.#tag} ${line}\n`).join("");
    this.#pending = [];
    this.#pendingChars = 0;
    try {
      this.#segment ??= this.#writer.acquire();
      const block = this.#writer.append(this.#segment, text);
      if (this.#to === 0) this.#from = block.from;
      this.#to = block.to;
    } catch {
      // A disk that is full or gone must not fail the task; the loss is told in the log itself as soon as a line can be kept again.
      this.#lost += count;
      this.#tailIsWhole = false;
    }
  }

  /** Ends the log. @returns undefined when there was no line. */
  end(): TryLogRef | undefined {
    this.#flushUnlessWhole();
    // Lines may have been lost just now; the tail travels with the result, whatever the disk takes.
    if (this.#lost > 0) {
      this.#sayLost();
      this.#flushUnlessWhole();
    }
    if (this.#lines === 0) return undefined;
    const complete = this.#tailIsWhole;
    const ref = {
      segment: this.#segment?.name ?? "",
      from: this.#from,
      to: this.#to,
      lines: this.#lines,
      tail: this.#tail.join("\n"),
      complete,
    };
    if (this.#segment !== undefined) this.#writer.release(this.#segment);
    this.#segment = undefined;
    return ref;
  }

  /** A log that fits into its tail and has no segment yet needs none. */
  #flushUnlessWhole(): void {
    if (this.#segment !== undefined || !this.#tailIsWhole) this.flush();
  }

  #add(line: string): void {
    this.#pending.push(line);
    this.#pendingChars += line.length;
    this.#lines += 1;
    this.#bytes += line.length;
    this.#tail.push(line);
    this.#tailChars += line.length + 1;
    while (this.#tailChars > TAIL_CHARS && this.#tail.length > 0) {
      this.#tailIsWhole = false;
      this.#tailChars -= this.#tail.shift()!.length + 1;
    }
  }

  #sayLost(): void {
    const lost = this.#lost;
    this.#lost = 0;
    this.#add(
      encodeLogLine({
        ts: this.#clock.now(),
        level: "warn",
        source: "millrace",
        msg: `${lost} lines lost (more than the log of a try may hold, or the disk is full)`,
      }),
    );
  }

  #admit(): boolean {
    if (this.#bytes > this.#bounds.maxBytes) return false;
    if (this.#tokens < 1) {
      const nowMs = this.#clock.monotonicMs();
      const passedMs = this.#filledAtMs < 0 ? 1_000 : nowMs - this.#filledAtMs;
      if (passedMs < 100) return false;
      this.#tokens = Math.min(this.#bounds.burstLines, (passedMs / 1_000) * this.#bounds.linesPerSecond);
      this.#filledAtMs = nowMs;
      if (this.#tokens < 1) return false;
    }
    this.#tokens -= 1;
    return true;
  }
}
