import { closeSync, fstatSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Where a block of lines went. */
export interface WrittenBlock {
  readonly segment: string;
  readonly from: number;
  readonly to: number;
}

/** An open file that lines are appended to. A try stays in the segment of its first line. */
export interface Segment {
  readonly name: string;
  readonly fd: number;
  size: number;
  /** Tries that may still append. */
  users: number;
  /** A failed write may have left half a line. */
  torn: boolean;
}

/** Appends blocks of lines to segment files that only this process writes. Writes are synchronous: they survive an exit of the process. */
export class SegmentWriter {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #maxBytes: number;
  #current: Segment | undefined;
  #number = 0;

  /** @param options.prefix unique among all processes that ever wrote to the folder. @param options.maxBytes new tries begin a new segment after so many. */
  constructor(options: { readonly folder: string; readonly prefix: string; readonly maxBytes: number }) {
    this.#folder = options.folder;
    this.#prefix = options.prefix;
    this.#maxBytes = options.maxBytes;
  }

  /** The segment for a try that writes its first line; give it back with {@link release}. @throws when the file cannot be made. */
  acquire(): Segment {
    if (this.#current === undefined || this.#current.size >= this.#maxBytes || this.#isTakenAway(this.#current))
      this.#rotate();
    const segment = this.#current!;
    segment.users += 1;
    return segment;
  }

  release(segment: Segment): void {
    segment.users -= 1;
    if (segment.users === 0 && segment !== this.#current) closeSync(segment.fd);
  }

  /** Appends whole lines. @throws what the file system says; nothing of the block counts as written then. */
  append(segment: Segment, text: string): WrittenBlock {
    const block = Buffer.from(segment.torn ? `\n${text}` : text);
    const from = segment.size + (segment.torn ? 1 : 0);
    try {
      let done = 0;
      while (done < block.length) done += writeSync(segment.fd, block, done);
    } catch (error) {
      segment.torn = true;
      segment.size = fstatSync(segment.fd).size;
      throw error;
    }
    segment.torn = false;
    segment.size += block.length;
    return { segment: segment.name, from, to: segment.size };
  }

  close(): void {
    if (this.#current !== undefined) closeSync(this.#current.fd);
    this.#current = undefined;
  }

  /** Retention may remove a segment that no try writes to (engine/src/retention): what is appended then would be lost. */
  #isTakenAway({ name, fd, users }: Segment): boolean {
    if (users > 0) return false;
    return statSync(join(this.#folder, name), { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino;
  }

  #rotate(): void {
    const old = this.#current;
    mkdirSync(this.#folder, { recursive: true });
    const name = `${this.#prefix}-${this.#number}.log`;
    const fd = openSync(join(this.#folder, name), "a");
    this.#current = { name, fd, size: fstatSync(fd).size, users: 0, torn: false };
    this.#number += 1;
    if (old !== undefined && old.users === 0) closeSync(old.fd);
  }
}
