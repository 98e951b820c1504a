import {
  decodeValue,
  encodeValue,
  findBlobKey,
  itemAt,
  lengthOf,
  type BlobStore,
  type StoredValue,
} from "@millrace/core";
import { readStored, valueAt } from "./stored-values.ts";

/** Texts of elements that a worker process keeps, in UTF-16 units; one list is kept however large it is. */
const MAX_CHARS = 32_000_000;

interface CachedList {
  readonly elements: readonly StoredValue[];
  readonly chars: number;
}

/**
 * Large lists that are mapped over, taken apart once per process: else each of n instances would read and decode n elements. Elements are kept as
 * texts, so that every try gets its own copy.
 */
export class ListCache {
  readonly #blobs: BlobStore;
  readonly #maxChars: number;
  readonly #lists = new Map<string, CachedList>();
  readonly #loading = new Map<string, Promise<CachedList>>();
  #chars = 0;

  constructor(blobs: BlobStore, maxChars = MAX_CHARS) {
    this.#blobs = blobs;
    this.#maxChars = maxChars;
  }

  /** The element at `index` of what is at `path` in a stored value; `undefined` where there is none. */
  async element(
    value: StoredValue,
    { path, index }: { readonly path: readonly (string | number)[]; readonly index: number },
  ): Promise<unknown> {
    const blob = findBlobKey(value);
    if (blob === undefined) return itemAt(valueAt(decodeValue(value), path), index);
    const key = JSON.stringify([blob, path]);
    const list = this.#lists.get(key) ?? (await this.#load(key, value, path));
    this.#keep(key, list);
    return index < list.elements.length ? decodeValue(list.elements[index]) : undefined;
  }

  #load(key: string, value: StoredValue, path: readonly (string | number)[]): Promise<CachedList> {
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = readStored(value, this.#blobs)
        .then((whole) => takeApart(valueAt(whole, path)))
        .finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return loading;
  }

  /** Makes it the newest, and drops the oldest ones when there are too many. */
  #keep(key: string, list: CachedList): void {
    this.#drop(key);
    this.#lists.set(key, list);
    this.#chars += list.chars;
    for (const oldest of this.#lists.keys()) {
      if (this.#chars <= this.#maxChars || this.#lists.size === 1) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#chars -= this.#lists.get(key)?.chars ?? 0;
    this.#lists.delete(key);
  }
}

function takeApart(list: unknown): CachedList {
  const length = lengthOf(list) ?? 0;
  const items: Iterable<unknown> =
    Array.isArray(list) || list instanceof Set || list instanceof Map ? list : Object.entries(list as object);
  const elements: StoredValue[] = [];
  let chars = 0;
  for (const item of items) {
    const element = encodeValue(item, { name: `element ${elements.length} of ${length}` });
    elements.push(element);
    chars += element.json.length + (element.meta?.length ?? 0);
  }
  return { elements, chars };
}
