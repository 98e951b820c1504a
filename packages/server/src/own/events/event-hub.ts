import type { ChangeFeed } from "@millrace/core";
import { tellEvent, type ToldEvent } from "./told-event.ts";

const PAGE = 500;
/** Events in memory for those who follow: whoever is further behind is too slow. */
const MOST_KEPT = 10_000;
const MOST_KEPT_CHARACTERS = 16_000_000;
/** Between two reads of a busy feed: many events a read. */
const PAUSE_MS = 10;
/** A transaction is open that others wait for. */
const SOON_MS = 20;
const AFTER_TROUBLE_MS = 1_000;

interface Running {
  readonly stopped: Promise<void>;
  stop(): void;
}

/**
 * The latest events, read once for all streams of this process: two hundred of them cost one query. It reads while anybody follows.
 */
export class EventHub {
  readonly #feed: ChangeFeed;
  readonly #events: ToldEvent[] = [];
  #first = 0;
  #characters = 0;
  #place = "";
  #startPlace = "";
  #followers = 0;
  #running: Promise<Running> | undefined;
  #ended: Promise<void> = Promise.resolve();
  #news = Promise.withResolvers<void>();

  constructor(feed: ChangeFeed) {
    this.#feed = feed;
  }

  /** Everything up to here is in {@link event}, or was before it. */
  get place(): string {
    return this.#place;
  }

  /** Events from here on are in memory. */
  get startPlace(): string {
    return this.#startPlace;
  }

  /** Number of the oldest event in memory. */
  get first(): number {
    return this.#first;
  }

  /** Number of the event that comes next. */
  get next(): number {
    return this.#first + this.#events.length;
  }

  event(number: number): ToldEvent | undefined {
    return this.#events[number - this.#first];
  }

  /** Number of the first event after a place that is not before {@link startPlace}. */
  numberAfter(place: string): number {
    const index = this.#events.findIndex((event) => this.#feed.isBefore(place, event.place));
    return index < 0 ? this.next : this.#first + index;
  }

  /** Resolves when there are more events. */
  news(): Promise<void> {
    return this.#news.promise;
  }

  /** Begins to follow. @returns stop */
  async join(): Promise<() => Promise<void>> {
    this.#followers++;
    try {
      await (this.#running ??= this.#start());
    } catch (error) {
      this.#followers--;
      this.#running = undefined;
      throw error;
    }
    let isGone = false;
    return async () => {
      if (isGone) return;
      isGone = true;
      if (--this.#followers === 0) await this.#stop();
    };
  }

  async #start(): Promise<Running> {
    await this.#ended;
    this.#place = this.#startPlace = await this.#feed.end();
    this.#events.length = 0;
    this.#characters = 0;
    let wake: () => void = () => undefined;
    let isWoken = false;
    let isStopped = false;
    const stopListening = await this.#feed.listen(() => {
      isWoken = true;
      wake();
    });
    const wait = async (ms: number | undefined): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isStopped || (ms === undefined && isWoken)) return;
      // While a pause lasts, only the end cuts it short.
      wake = () => (ms === undefined || isStopped) && resolve();
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
    };
    const run = async (): Promise<void> => {
      while (!isStopped) {
        isWoken = false;
        await wait(await this.#read());
      }
      await stopListening();
    };
    const stop = (): void => {
      isStopped = true;
      wake();
    };
    return { stopped: run(), stop };
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#ended = (async () => {
      const begun = await running?.catch(() => undefined);
      begun?.stop();
      await begun?.stopped;
    })();
    await this.#ended;
  }

  /** Reads one page. @returns after how long to read again; undefined: when woken. */
  async #read(): Promise<number | undefined> {
    try {
      const page = await this.#feed.read(this.#place, PAGE);
      if (!page) {
        // The database was restored, or nobody could read it for an hour. Whoever follows is behind what is kept: they are sent to begin anew.
        this.#place = this.#startPlace = await this.#feed.end();
        this.#first = this.next + 1;
        this.#events.length = 0;
        this.#tell();
        return PAUSE_MS;
      }
      for (const event of page.events) this.#keep(tellEvent(event));
      this.#place = page.place;
      if (page.events.length > 0) this.#tell();
      if (page.events.length >= PAGE) return 0;
      return page.events.length > 0 ? PAUSE_MS : page.isMoreComing ? SOON_MS : undefined;
    } catch {
      // The database does not answer; the server's health says so. Nothing is lost: reading goes on from the same place.
      return AFTER_TROUBLE_MS;
    }
  }

  #keep(event: ToldEvent): void {
    this.#events.push(event);
    this.#characters += event.text.length;
    while (this.#events.length > MOST_KEPT || (this.#characters > MOST_KEPT_CHARACTERS && this.#events.length > 1)) {
      const gone = this.#events.shift() as ToldEvent;
      this.#first++;
      this.#characters -= gone.text.length;
      this.#startPlace = gone.place;
    }
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
