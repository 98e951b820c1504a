import { Readable } from "node:stream";
import { streamEvents } from "@millrace/api";
import { served, type ServedOperation } from "../own-routes.ts";
import { Problem } from "../../http/problem.ts";
import { Reply } from "../../http/reply.ts";
import type { ServerPorts } from "../../ports.ts";
import { EventHub } from "./event-hub.ts";
import { eventStream } from "./event-stream.ts";
import { eventGate } from "./told-event.ts";

const MOST_STREAMS = 1_000;
/** A client that takes nothing for so long is cut off; it comes back with its last event. */
const PATIENCE_MS = 30_000;

/** Serves the feed of changes to any number of clients. */
export function eventOperations({ changes: feed }: Pick<ServerPorts, "changes">): readonly ServedOperation[] {
  const hub = new EventHub(feed);
  let streams = 0;
  return [
    served(streamEvents, async ({ caller, query, request }) => {
      if (streams >= MOST_STREAMS)
        throw new Problem(503, { detail: "there are too many event streams", headers: { "retry-after": "5" } });
      const header = request.headers["last-event-id"];
      const events = eventStream({
        feed,
        hub,
        lastEventId: (typeof header === "string" && header !== "" ? header : undefined) ?? query.lastEventId,
        mayHear: eventGate(caller, query),
        signal: request.signal,
        closing: request.closing,
      });
      const body = Readable.from(
        patiently(events, () => body.destroy()),
        { objectMode: false, highWaterMark: 64_000 },
      );
      streams++;
      body.once("close", () => streams--);
      return new Reply(body, {
        mediaType: "text/event-stream; charset=utf-8",
        // The connection ends with the stream: a server that stops waits for it.
        headers: { "cache-control": "no-store", "x-accel-buffering": "no", connection: "close" },
      });
    }),
  ];
}

/** Gives up on a reader that does not come back for more. */
async function* patiently(parts: AsyncGenerator<string>, giveUp: () => void): AsyncGenerator<string> {
  for await (const part of parts) {
    const timer = setTimeout(giveUp, PATIENCE_MS);
    timer.unref();
    try {
      yield part;
    } finally {
      clearTimeout(timer);
    }
  }
}
