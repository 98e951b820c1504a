import { isMillraceError } from "@millrace/core";
import { streamEvents, type StreamEvent } from "../own/events.ts";
import type { InputOf } from "../operation.ts";
import { readEventStream } from "./read-event-stream.ts";
import type { Send } from "./send-request.ts";

const FIRST_WAIT_MS = 500;
/** Somebody looks at a page that stands still: half as long again, at most, after the server is back. */
const LONGEST_WAIT_MS = 5_000;

/** What to follow, and from where. */
export interface EventsOptions extends Omit<InputOf<typeof streamEvents>["query"], "lastEventId"> {
  /** Id of the last event that was dealt with; default: from now on. */
  readonly after?: string;
  readonly signal?: AbortSignal;
  /** Hears whether the stream is connected, at each change. */
  readonly onConnection?: (isConnected: boolean) => void;
}

/** An event and its id, from which the stream can go on later. */
export interface ReceivedEvent {
  readonly id: string;
  readonly event: StreamEvent;
}

/** Follows the event stream across lost connections. @throws MillraceError when the server refuses */
export async function* followEvents(send: Send, options: EventsOptions): AsyncGenerator<ReceivedEvent> {
  const { after, signal, onConnection, ...query } = options;
  let lastId = after;
  let waitMs = FIRST_WAIT_MS;
  let wasConnected: boolean | undefined;
  const tell = (isConnected: boolean): void => {
    if (wasConnected !== isConnected) onConnection?.(isConnected);
    wasConnected = isConnected;
  };
  while (!signal?.aborted) {
    const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
    try {
      const { body } = await send({
        method: "GET",
        path: `/api/millrace/v1${streamEvents.path}`,
        query,
        headers,
        ...(signal && { signal }),
      });
      tell(true);
      for await (const { id, event, data, retryMs } of readEventStream(body ?? new ReadableStream())) {
        lastId = id ?? lastId;
        waitMs = retryMs ?? waitMs;
        if (data === "" || event === "reconnect" || lastId === undefined) continue;
        yield { id: lastId, event: JSON.parse(data) as StreamEvent };
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isPassing(error)) throw error;
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    }
    tell(false);
    await pause(waitMs * (0.5 + Math.random()), signal);
  }
}

/** Broken connections, and servers that are starting or busy. */
function isPassing(error: unknown): boolean {
  if (!isMillraceError(error)) return error instanceof TypeError;
  const { status } = error.details;
  return error.code === "NO_SERVER" || (typeof status === "number" && (status >= 500 || status === 429));
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => resolve();
  signal?.addEventListener("abort", stop, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
}
