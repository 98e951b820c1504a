import { LOG_LEVELS, type LogRecord } from "./log-record.model.ts";

/** Lines are dropped and read again in parts of so many. */
export const CHUNK_LINES = 1_000;
/** Characters of text that are kept; more is dropped, the least recently shown first. */
const KEPT_CHARS = 24_000_000;

interface Chunk {
  readonly records: LogRecord[];
  readonly chars: number;
}

/**
 * A log of any length in bounded memory: of each line its level and source (two bytes), and the texts of the parts that were shown or read last. Other texts
 * are read again when they come into sight.
 */
export class LogStore {
  #count = 0;
  #marks = new Uint8Array(2 * CHUNK_LINES);
  readonly #sources: string[] = [];
  /** In the order of their last use. */
  readonly #chunks = new Map<number, Chunk>();
  #chars = 0;
  readonly #keptChars: number;

  /** @param keptChars characters of text to keep; default 24 million */
  constructor(keptChars: number = KEPT_CHARS) {
    this.#keptChars = keptChars;
  }

  /** Lines that were read so far. */
  get count(): number {
    return this.#count;
  }

  /** Who wrote lines, in the order of appearance. */
  get sources(): readonly string[] {
    return this.#sources;
  }

  /** Characters that are kept now. */
  get keptChars(): number {
    return this.#chars;
  }

  /** Adds the next line. */
  append(record: LogRecord): void {
    this.#mark(this.#count, record);
    const index = Math.floor(this.#count / CHUNK_LINES);
    const last = this.#chunks.get(index) ?? { records: [], chars: 0 };
    last.records.push(record);
    this.#keep(index, { records: last.records, chars: last.chars + record.text.length });
    this.#count += 1;
  }

  /** Puts back a part that was read again. */
  restore(index: number, records: readonly LogRecord[]): void {
    this.#keep(index, { records: [...records], chars: records.reduce((sum, { text }) => sum + text.length, 0) });
  }

  /** A line; undefined when its text is not kept. */
  line(number: number): LogRecord | undefined {
    return this.#chunks.get(Math.floor(number / CHUNK_LINES))?.records[number % CHUNK_LINES];
  }

  /** Marks lines as shown now, so that others are dropped before them. @returns parts of them that must be read again */
  use(numbers: readonly number[]): readonly number[] {
    const indexes = [...new Set(numbers.map((number) => Math.floor(number / CHUNK_LINES)))];
    for (const index of indexes) {
      const chunk = this.#chunks.get(index);
      if (!chunk) continue;
      this.#chunks.delete(index);
      this.#chunks.set(index, chunk);
    }
    return indexes.filter((index) => !this.#chunks.has(index));
  }

  /** Whether a line is of one of these levels and sources; undefined: of any. */
  fits(number: number, { levels, sources }: LogFilter): boolean {
    const [level, source] = [this.#marks[2 * number], this.#marks[2 * number + 1]];
    return (
      (levels === undefined || levels.includes(LOG_LEVELS[level])) &&
      (sources === undefined || sources.includes(this.#sources[source]))
    );
  }

  #mark(number: number, { level, source }: LogRecord): void {
    if (2 * number >= this.#marks.length) {
      const larger = new Uint8Array(this.#marks.length * 2);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    let index = this.#sources.indexOf(source);
    // A byte names 256 sources; lines of further ones are filed under the last.
    if (index < 0) index = Math.min(this.#sources.push(source), 256) - 1;
    this.#marks[2 * number] = LOG_LEVELS.indexOf(level);
    this.#marks[2 * number + 1] = index;
  }

  #keep(index: number, chunk: Chunk): void {
    this.#chars += chunk.chars - (this.#chunks.get(index)?.chars ?? 0);
    this.#chunks.delete(index);
    this.#chunks.set(index, chunk);
    const growing = Math.floor(this.#count / CHUNK_LINES);
    for (const [oldest, { chars }] of this.#chunks) {
      if (this.#chars <= this.#keptChars || this.#chunks.size <= 2) return;
      if (oldest === index || oldest === growing) continue;
      this.#chunks.delete(oldest);
      this.#chars -= chars;
    }
  }
}

/** Which lines to show; undefined: all. */
export interface LogFilter {
  readonly levels?: readonly string[];
  readonly sources?: readonly string[];
}
