import { blobReference, encodeValue, type BlobStore, type StoredValue } from "@millrace/core";
import { expect, test } from "vitest";
import { ListCache } from "./list-cache.ts";

/** A blob store that counts how often each key is read. */
function countingBlobs(values: Readonly<Record<string, unknown>>): {
  readonly blobs: BlobStore;
  readonly reads: string[];
} {
  const reads: string[] = [];
  const blobs: BlobStore = {
    put: () => Promise.reject(new Error("not used")),
    deleteBelow: () => Promise.reject(new Error("not used")),
    get(key) {
      reads.push(key);
      return key in values
        ? Promise.resolve(JSON.stringify(encodeValue(values[key])))
        : Promise.reject(new Error(`no ${key}`));
    },
  };
  return { blobs, reads };
}

const large = (key: string): StoredValue => blobReference(key, 100_000);

test("a large list is read once for all who want an element of it at the same time and later", async () => {
  const { blobs, reads } = countingBlobs({ a: [1, undefined, new Date(5), { deep: [1n] }] });
  const lists = new ListCache(blobs);
  const read = (index: number): Promise<unknown> => lists.element(large("a"), { path: [], index });
  expect(await Promise.all([0, 1, 2, 3, 4].map(read))).toEqual([1, undefined, new Date(5), { deep: [1n] }, undefined]);
  await read(0);
  expect(reads).toEqual(["a"]);
});

test("maps, sets, objects and parts have their elements", async () => {
  const { blobs } = countingBlobs({
    m: new Map([[{ k: 1 }, "v"]]),
    s: new Set(["x", "y"]),
    o: { rows: { a: 1, b: 2 } },
  });
  const lists = new ListCache(blobs);
  expect(await lists.element(large("m"), { path: [], index: 0 })).toEqual([{ k: 1 }, "v"]);
  expect(await lists.element(large("s"), { path: [], index: 1 })).toBe("y");
  expect(await lists.element(large("o"), { path: ["rows"], index: 1 })).toEqual(["b", 2]);
  expect(await lists.element(encodeValue([7, 8]), { path: [], index: 1 })).toBe(8);
});

test("what one try does to its element no other sees", async () => {
  const { blobs } = countingBlobs({ a: [{ n: 1 }] });
  const lists = new ListCache(blobs);
  const first = (await lists.element(large("a"), { path: [], index: 0 })) as { n: number };
  first.n = 2;
  expect(await lists.element(large("a"), { path: [], index: 0 })).toEqual({ n: 1 });
});

test("the lists used longest ago go when there are too many, and a failed read is tried again", async () => {
  const values: Record<string, unknown> = { a: ["x".repeat(60)], b: ["y".repeat(60)] };
  const { blobs, reads } = countingBlobs(values);
  const lists = new ListCache(blobs, 130);
  const read = (key: string): Promise<unknown> => lists.element(large(key), { path: [], index: 0 });
  await expect(read("c")).rejects.toThrow("no c");
  values.c = ["z".repeat(60)];
  for (const key of ["a", "b", "a", "c", "a", "b"]) await read(key);
  expect(reads).toEqual(["c", "a", "b", "c", "b"]);
});
