import type { ChangeFeed } from "@millrace/core";
import type { EventHub } from "./event-hub.ts";
import { tellEvent, type ToldEvent } from "./told-event.ts";

const HEARTBEAT_MS = 15_000;
/** A stream ends after so long, and the client comes back with its rights as they are then. */
const LONGEST_MS = 30 * 60_000;
const PAGE = 500;
/** Text that is handed to the socket at once. */
const CHUNK_CHARACTERS = 64_000;
const RETRY_MS = 2_000;

/** What a stream is made of. */
export interface StreamOptions {
  readonly feed: ChangeFeed;
  readonly hub: EventHub;
  readonly lastEventId: string | undefined;
  readonly mayHear: (event: ToldEvent) => boolean;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop. */
  readonly closing: AbortSignal;
}

/**
 * The events of one client as text. First what happened since its last event, from the database; then along with the hub. It holds no events of its own:
 * a client that does not read is behind at some point, and is told to come again.
 */
export async function* eventStream(options: StreamOptions): AsyncGenerator<string> {
  const { hub } = options;
  const leave = await hub.join();
  try {
    yield `retry: ${RETRY_MS}\n: events of Millrace\n\n`;
    const place = yield* catchUp(options);
    yield* follow(options, place);
  } finally {
    await leave();
  }
}

/** What happened since the last event. @returns a place that the hub has not left behind */
async function* catchUp({
  feed,
  hub,
  lastEventId,
  mayHear,
  signal,
  closing,
}: StreamOptions): AsyncGenerator<string, string> {
  let place = lastEventId ?? hub.place;
  let isKnown = lastEventId === undefined;
  if (isKnown) yield idOnly(place);
  // The hub may leave a place behind while the client takes its time: nothing is yielded between the last look at that and the return.
  while (!signal.aborted && !closing.aborted && (!isKnown || feed.isBefore(place, hub.startPlace))) {
    const page = await feed.read(place, PAGE);
    isKnown = true;
    if (!page) {
      place = hub.place;
      yield `id: ${place}\nevent: reset\ndata: {"type":"reset"}\n\n`;
      continue;
    }
    place = page.place;
    const text = page.events
      .map(tellEvent)
      .filter(mayHear)
      .map((event) => event.text)
      .join("");
    yield `${text}${idOnly(place)}`;
  }
  return place;
}

async function* follow({ feed, hub, mayHear, signal, closing }: StreamOptions, start: string): AsyncGenerator<string> {
  let number = hub.numberAfter(start);
  // Whoever caught up may be ahead of the hub.
  const isNew = (place: string): boolean => feed.isBefore(start, place);
  const end = performance.now() + LONGEST_MS;
  while (!signal.aborted) {
    if (closing.aborted || number < hub.first || performance.now() > end) {
      const reason = closing.aborted ? "shutdown" : number < hub.first ? "slow" : "renew";
      yield `event: reconnect\nretry: ${RETRY_MS}\ndata: {"reason":"${reason}"}\n\n`;
      return;
    }
    const news = hub.news();
    let text = "";
    for (; number < hub.next && text.length < CHUNK_CHARACTERS; number++) {
      const event = hub.event(number);
      if (event && isNew(event.place) && mayHear(event)) text += event.text;
    }
    if (text !== "") yield text;
    else if (number >= hub.next && !(await isInTime(news, [signal, closing])) && number >= hub.next)
      yield `: still here\n${isNew(hub.place) ? idOnly(hub.place) : "\n"}`;
  }
}

/** The client remembers the place, though nothing happened that it wants to hear of. */
function idOnly(place: string): string {
  return `id: ${place}\n\n`;
}

/** False when it is time for a heartbeat. */
async function isInTime(news: Promise<void>, signals: readonly AbortSignal[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const yes = (): void => resolve(true);
  const timer = setTimeout(resolve, HEARTBEAT_MS, false);
  for (const signal of signals) signal.addEventListener("abort", yes, { once: true });
  void news.then(yes);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", yes);
  }
}
