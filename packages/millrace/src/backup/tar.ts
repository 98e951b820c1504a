// The archive format of POSIX (ustar, with GNU's entry for names that are too long), so that `tar -tzf` reads a backup.
import { MillraceError } from "@millrace/core";

const BLOCK = 512;
const LONG_NAME = "././@LongLink";

/** A file of an archive. Its body is read, or passed over by {@link TarEntry.skip}, before the next entry. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  readonly body: AsyncIterable<Buffer>;
}

/** What stands before the body of a file in an archive. */
export function tarHeader(name: string, size: number): Buffer {
  const bytes = Buffer.byteLength(name);
  if (bytes <= 100) return header(name, size, "0");
  const text = Buffer.from(`${name}\0`);
  return Buffer.concat([
    header(LONG_NAME, text.length, "L"),
    text,
    tarPadding(text.length),
    header(name.slice(0, 30), size, "0"),
  ]);
}

/** What stands after a body of so many bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** What an archive ends with. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * Reads an archive.
 *
 * @throws MillraceError BAD_ARGUMENT when it is none, or ends too early.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = new Reader(source);
  let longName: string | undefined;
  for (;;) {
    const block = await reader.exactly(BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const { name, size, type } = parseHeader(block);
    if (type === "L") {
      longName = (await reader.exactly(size)).toString("utf8").replace(/\0$/, "");
      await reader.exactly(tarPadding(size).length);
      continue;
    }
    let left = size;
    const body = (async function* () {
      while (left > 0) {
        const chunk = await reader.some(left);
        left -= chunk.length;
        yield chunk;
      }
    })();
    yield { name: longName ?? name, size, body };
    while (left > 0) left -= (await reader.some(left)).length;
    await reader.exactly(tarPadding(size).length);
    longName = undefined;
  }
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, length, "latin1");
  };
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.fill(" ", 148, 156);
  block.write(type, 156, 1, "latin1");
  block.write("ustar\u000000", 257, 8, "latin1");
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

function parseHeader(block: Buffer): { readonly name: string; readonly size: number; readonly type: string } {
  const text = (from: number, to: number): string => block.toString("utf8", from, to).replace(/\0.*$/s, "");
  const size = Number.parseInt(text(124, 136).trim(), 8);
  if (text(257, 262) !== "ustar" || !Number.isSafeInteger(size)) throw broken("it is no archive");
  return { name: text(0, 100), size, type: text(156, 157) };
}

function broken(why: string): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `the backup cannot be read: ${why}.`);
}

/** Takes bytes from chunks. */
class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** At least one byte, `most` at most. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw broken("it ends too early");
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = count; left > 0;) {
      const part = await this.some(left);
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}
