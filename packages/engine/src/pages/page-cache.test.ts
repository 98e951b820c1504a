import { expect, test } from "vitest";
import { PageCache, type CachedWork } from "./page-cache.ts";

let nowMs = 0;

function aWork(more: Partial<CachedWork<number>> & { readonly key: string }): CachedWork<number> {
  return { group: "page", keepMs: 60_000, compute: () => Promise.resolve(1), sizeOf: () => 1, ...more };
}

/** Counts how often it is computed, and gives that number. */
function counter(): { readonly compute: () => Promise<number>; readonly times: () => number } {
  let times = 0;
  return {
    compute: () => {
      times += 1;
      return Promise.resolve(times);
    },
    times: () => times,
  };
}

test("what was computed is kept for its time, and no longer", async () => {
  const cache = new PageCache<number>(() => nowMs);
  const { compute } = counter();
  expect(await cache.get(aWork({ key: "a", compute }))).toBe(1);
  nowMs += 59_999;
  expect(await cache.get(aWork({ key: "a", compute }))).toBe(1);
  nowMs += 1;
  expect(await cache.get(aWork({ key: "a", compute }))).toBe(2);
});

test("those who ask meanwhile get what becomes of it", async () => {
  const cache = new PageCache<number>(() => nowMs);
  const { compute, times } = counter();
  const both = await Promise.all([cache.get(aWork({ key: "a", compute })), cache.get(aWork({ key: "a", compute }))]);
  expect(both).toEqual([1, 1]);
  expect(times()).toBe(1);
});

test("a page is computed for one set of params at a time, and others beside it", async () => {
  const cache = new PageCache<number>(() => nowMs);
  const first = Promise.withResolvers<number>();
  const started: string[] = [];
  const work = (group: string, key: string, answer: Promise<number>): CachedWork<number> =>
    aWork({
      group,
      key,
      compute: () => {
        started.push(key);
        return answer;
      },
    });
  const all = [
    cache.get(work("one", "1a", first.promise)),
    cache.get(work("one", "1b", Promise.resolve(2))),
    cache.get(work("two", "2a", Promise.resolve(3))),
  ];
  await all[2];
  expect(started).toEqual(["1a", "2a"]);
  first.resolve(1);
  expect(await Promise.all(all)).toEqual([1, 2, 3]);
});

test("a failure is told to all who ask for 5 s, and tried again then", async () => {
  const cache = new PageCache<number>(() => nowMs);
  let tries = 0;
  const work = aWork({
    key: "a",
    compute: () => {
      tries += 1;
      return Promise.reject(new Error(`try ${tries}`));
    },
  });
  await expect(cache.get(work)).rejects.toThrow("try 1");
  nowMs += 4_999;
  await expect(cache.get(work)).rejects.toThrow("try 1");
  nowMs += 1;
  await expect(cache.get(work)).rejects.toThrow("try 2");
});

test("the oldest outcomes make way for new ones", async () => {
  const cache = new PageCache<number>(() => nowMs);
  const { compute, times } = counter();
  for (let i = 0; i < 257; i += 1) await cache.get(aWork({ key: String(i), compute }));
  await cache.get(aWork({ key: "256", compute }));
  expect(times()).toBe(257);
  await cache.get(aWork({ key: "0", compute }));
  expect(times()).toBe(258);
  const large = new PageCache<number>(() => nowMs);
  for (const key of ["a", "b", "c"]) await large.get(aWork({ key, compute, sizeOf: () => 16 * 1_048_576 }));
  await large.get(aWork({ key: "c", compute }));
  expect(times()).toBe(261);
  await large.get(aWork({ key: "a", compute }));
  expect(times()).toBe(262);
});
