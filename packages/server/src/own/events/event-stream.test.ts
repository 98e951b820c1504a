import type { ChangeFeed, PlacedEvent } from "@millrace/core";
import { expect, test } from "vitest";
import { EventHub } from "./event-hub.ts";
import { eventStream } from "./event-stream.ts";

/** A feed in memory: places are numbers. */
function fakeFeed(): ChangeFeed & { add(count: number): void; reads: number } {
  const events: PlacedEvent[] = [];
  let wake: () => void = () => undefined;
  return {
    reads: 0,
    add(count) {
      for (let index = 0; index < count; index++)
        events.push({ place: String(events.length + 1), event: { kind: "dag", dagId: `dag-${events.length + 1}` } });
      wake();
    },
    end: async () => String(events.length),
    async read(place, limit) {
      this.reads++;
      if (place === "lost") return undefined;
      const part = events.slice(Number(place), Number(place) + limit);
      return { events: part, place: part.at(-1)?.place ?? place, isMoreComing: false };
    },
    isBefore: (place, other) => Number(place) < Number(other),
    async listen(call) {
      wake = call;
      return async () => undefined;
    },
  };
}

function open(
  feed: ChangeFeed,
  hub: EventHub,
  lastEventId?: string,
): { stream: AsyncGenerator<string>; gone: AbortController; closing: AbortController } {
  const [gone, closing] = [new AbortController(), new AbortController()];
  const stream = eventStream({
    feed,
    hub,
    lastEventId,
    mayHear: () => true,
    signal: gone.signal,
    closing: closing.signal,
  });
  return { stream, gone, closing };
}

async function readIds(stream: AsyncGenerator<string>, until: string): Promise<readonly string[]> {
  const ids: string[] = [];
  while (ids.at(-1) !== until) {
    const { value, done } = await stream.next();
    if (done) throw new Error("the stream has ended");
    ids.push(...[...String(value).matchAll(/id: (\d+)\nevent: dag/g)].map(([, id]) => id));
  }
  return ids;
}

const upTo = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

test("many streams cost one read, and each begins where its client was", async () => {
  const feed = fakeFeed();
  feed.add(20);
  const hub = new EventHub(feed);
  const streams = Array.from({ length: 50 }, () => open(feed, hub));
  for (const { stream } of streams) for (let part = 0; part < 2; part++) await stream.next();
  const before = feed.reads;
  const heard = streams.map(({ stream }) => readIds(stream, "23"));
  feed.add(3);
  for (const ids of await Promise.all(heard)) expect(ids).toEqual(["21", "22", "23"]);
  expect(feed.reads - before).toBeLessThan(5);
  const { stream } = open(feed, hub, "5");
  expect(await readIds(stream, "23")).toEqual(upTo(6, 23));
});

test("who does not read is sent to come again, and misses nothing then", async () => {
  const feed = fakeFeed();
  const hub = new EventHub(feed);
  const slow = open(feed, hub);
  const quick = open(feed, hub);
  for (const { stream } of [slow, quick]) for (let part = 0; part < 2; part++) await stream.next();
  feed.add(1);
  expect(await readIds(slow.stream, "1")).toEqual(["1"]);
  const reading = readIds(quick.stream, "12001");
  feed.add(12_000);
  await reading;
  const { value } = await slow.stream.next();
  expect(value).toContain('data: {"reason":"slow"}');
  expect((await slow.stream.next()).done).toBe(true);
  const again = open(feed, hub, "1");
  expect(await readIds(again.stream, "12001")).toEqual(upTo(2, 12_001));
});

test("a lost place is a reset; a server that stops says so", async () => {
  const feed = fakeFeed();
  const hub = new EventHub(feed);
  const { stream, closing } = open(feed, hub, "lost");
  await stream.next();
  expect((await stream.next()).value).toBe('id: 0\nevent: reset\ndata: {"type":"reset"}\n\n');
  const next = stream.next();
  closing.abort();
  expect((await next).value).toContain('data: {"reason":"shutdown"}');
  expect((await stream.next()).done).toBe(true);
});
