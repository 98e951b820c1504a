import { isMillraceError, readLog } from "@millrace/api";
import { client } from "../../../server/client.ts";
import { describeError } from "../../../server/describe-error.ts";
import { parseLogRecord, type LogRecord } from "./log-record.model.ts";
import type { LogSearch } from "./log-search.model.ts";
import { CHUNK_LINES, LogStore } from "./log-store.model.ts";
import { readTextLines } from "./read-text-lines.ts";

/** Which log. */
export interface LogOf {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
}

/** Where the reading of a log stands. */
export interface FeedState {
  readonly phase: "reading" | "waiting" | "over";
  /** Why lines cannot be read now. */
  readonly error?: unknown;
  /** Differs after each change of the log or of the search. */
  readonly turn: number;
}

/** The screen is drawn again this often at most while lines arrive, in milliseconds. */
const TELL_MS = 80;
/** How long the page may stand still while a kept part is searched, in lines. */
const SEARCH_LINES = 4_000;
const RETRY_MS = 2_000;

/** Reads the log of a try while it runs, again and again over lost connections; and reads again what its store dropped. */
export class LogFeed {
  readonly store = new LogStore();
  readonly #of: LogOf;
  /** Whether the try may still write. */
  #isLive: boolean;
  #state: FeedState = { phase: "reading", turn: 0 };
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: (() => void) | undefined;
  #reading = new AbortController();
  readonly #wanted = new Set<number>();
  #search: LogSearch | undefined;
  #searching = new AbortController();

  constructor(of: LogOf, isLive: boolean) {
    this.#of = of;
    this.#isLive = isLive;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  /** For `useSyncExternalStore`. */
  readonly snapshot = (): FeedState => this.#state;

  /** Begins to read, or goes on. @returns what stops it */
  start(): () => void {
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    void this.#follow(signal);
    return () => {
      this.#reading.abort();
      this.#searching.abort();
      this.#wake?.();
    };
  }

  /** Says whether the try may still write; one that was started again is followed again. */
  setLive(isLive: boolean): void {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.#wake?.();
  }

  /** Reads parts again whose texts were dropped. */
  want(indexes: readonly number[]): void {
    for (const index of indexes) {
      if (this.#wanted.has(index)) continue;
      this.#wanted.add(index);
      void this.#readAgain(index).finally(() => this.#wanted.delete(index));
    }
  }

  /** Looks for a term in the whole log, from now on also in the lines that come. */
  search(search: LogSearch | undefined): void {
    this.#search = search;
    this.#searching.abort();
    this.#searching = new AbortController();
    if (search) void this.#lookFor(search, this.#searching.signal);
    else this.#tell();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isLive = this.#isLive;
      try {
        this.#set({ phase: "reading" });
        await this.#read({ from: this.store.count, follow: isLive, signal }, (record) => {
          this.store.append(record);
          if (this.#search?.looked === this.store.count - 1) this.#search.look(record);
          this.#tell();
        });
        if (!isLive && !this.#isLive) this.#set({ phase: "over" });
      } catch (error) {
        if (signal.aborted) return;
        this.#set({ phase: "waiting", error });
        // What the server refuses it refuses again.
        if (isMillraceError(error) && !describeError(error).isPassing) return;
      }
      if (this.#search) this.search(this.#search);
      await this.#pause(signal);
    }
  }

  /** Until the try goes on or ends; while it runs and after errors also after a moment. */
  async #pause(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const isOver = this.#state.phase === "over";
    await new Promise<void>((resolve) => {
      const timer = isOver ? undefined : setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  async #readAgain(index: number): Promise<void> {
    const records: LogRecord[] = [];
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.#reading.signal]);
    try {
      await this.#read({ from: index * CHUNK_LINES, follow: false, signal }, (record) => {
        if (records.push(record) === CHUNK_LINES) enough.abort();
      });
    } catch (error) {
      if (!signal.aborted) return this.#set({ phase: this.#state.phase, error });
    }
    if (this.#reading.signal.aborted) return;
    this.store.restore(index, records);
    this.#tell();
  }

  async #lookFor(search: LogSearch, signal: AbortSignal): Promise<void> {
    for (;;) {
      const found = search.lookOn(this.store, SEARCH_LINES);
      this.#tell();
      if (found === "done" || signal.aborted) return;
      if (found === "more") await nextTurn();
      else if (!(await this.#lookAfresh(search, signal))) return;
    }
  }

  /** Looks at the rest of a log that is larger than memory, as it passes by. */
  async #lookAfresh(search: LogSearch, outer: AbortSignal): Promise<boolean> {
    const end = this.store.count;
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, outer]);
    try {
      await this.#read({ from: search.looked, follow: false, signal }, (record) => {
        if (search.looked < end) search.look(record);
        else enough.abort();
        this.#tell();
      });
    } catch (error) {
      if (outer.aborted) return false;
      if (!enough.signal.aborted) {
        this.#set({ phase: this.#state.phase, error });
        return false;
      }
    }
    return search.looked >= end;
  }

  async #read(
    { from, follow, signal }: { readonly from: number; readonly follow: boolean; readonly signal: AbortSignal },
    each: (record: LogRecord) => void,
  ): Promise<void> {
    const { tryNumber, ...params } = this.#of;
    const stream = await client.stream(readLog, { params, query: { try: tryNumber, from, follow } }, { signal });
    await readTextLines(stream, (line) => each(parseLogRecord(line)), signal);
  }

  #set(state: Omit<FeedState, "turn">): void {
    this.#state = { ...state, turn: this.#state.turn };
    this.#tell();
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#state = { ...this.#state, turn: this.#state.turn + 1 };
      for (const listener of this.#listeners) listener();
    }, TELL_MS);
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
