import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogRef } from "@millrace/core";
import { logFolder } from "../logs/log-folder.ts";
import { encodeLogLine } from "../logs/log-line.ts";
import { findLiveLog, readLiveLog, type LiveLogCursor } from "../logs/read-log.ts";

/** Lines, and characters, in one push at most; one line at least. */
const LINES = 500;
const CHARS = 262_144;
/** What is left of the log of a try that has ended is tried to be read so often again. */
const READS = 5;
const READ_AGAIN_MS = 400;

/** What {@link LogPusher} reads from and pushes to. */
export interface LogPusherOptions {
  readonly dataFolder: string;
  readonly dispatchId: string;
  /** How far each segment went before the dispatch was handed over: its lines are beyond. */
  readonly sizes: ReadonlyMap<string, number>;
  /** @returns how many lines the other side has. */
  readonly push: (push: { readonly from: number; readonly lines: readonly string[] }) => Promise<number>;
}

/** Brings the lines of a try from this machine's segment to a server; all over again to one that has not seen the first of them. */
export class LogPusher {
  readonly #options: LogPusherOptions;
  /** What of each segment is known to be from others. */
  readonly #seen: Map<string, number>;
  /** Where its first line is. */
  #first: LiveLogCursor | undefined;
  #cursor: LiveLogCursor | undefined;
  /** Read, and not known to have arrived. */
  #waiting: string[] = [];
  #pushed = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: LogPusherOptions) {
    this.#options = options;
    this.#seen = new Map(options.sizes);
  }

  /**
   * Pushes what has been written since the last time. One after the other.
   *
   * @returns false when the file system did not give all of it; the next time it is read again.
   * @throws what `push` throws.
   */
  async pushNew(): Promise<boolean> {
    const turn = this.#turn.then(() => this.#push());
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Pushes the rest, of a try that has ended. One without lines in a segment has all of them in its report. */
  async pushRest(log: LogRef | undefined): Promise<void> {
    if (log === undefined || log.segment === "") return;
    const { dataFolder } = this.#options;
    this.#first ??= { file: join(logFolder(dataFolder, log.host), log.segment), at: log.from };
    // A log that is lost fails no task: its report has the last lines.
    for (let left = READS; !(await this.pushNew()) && left > 0; left -= 1) await sleep(READ_AGAIN_MS);
  }

  /** Whether its lines are in a segment, or may be: what is not looked through yet may have some. */
  needs(file: string, size: number): boolean {
    return this.#first ? this.#first.file === file : (this.#seen.get(file) ?? 0) < size;
  }

  async #push(): Promise<boolean> {
    let isWhole = await this.#read();
    while (this.#waiting.length > 0) {
      const lines = this.#nextLines();
      const known = await this.#options.push({ from: this.#pushed, lines });
      if (known < this.#pushed) {
        // Another server, or one that was started again: it gets them all.
        this.#cursor = undefined;
        this.#waiting = [];
        this.#pushed = 0;
        isWhole = await this.#read();
        continue;
      }
      this.#waiting.splice(0, known - this.#pushed);
      this.#pushed = known;
    }
    return isWhole;
  }

  #nextLines(): readonly string[] {
    let chars = 0;
    const end = this.#waiting.findIndex((line, at) => {
      chars += line.length;
      return at > 0 && (at >= LINES || chars > CHARS);
    });
    return end < 0 ? this.#waiting.slice() : this.#waiting.slice(0, end);
  }

  /** @returns false when the disk, or what this process may open at once, did not allow it. */
  async #read(): Promise<boolean> {
    const { dataFolder, dispatchId } = this.#options;
    try {
      this.#first ??= await findLiveLog({ dataFolder, dispatchId, seen: this.#seen });
      const from = this.#cursor ?? this.#first;
      if (from === undefined) return true;
      const { lines, cursor } = await readLiveLog({ dataFolder, dispatchId, cursor: from });
      this.#cursor = cursor;
      this.#waiting.push(...lines.map(encodeLogLine));
      return true;
    } catch {
      return false;
    }
  }
}
