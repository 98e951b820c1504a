// A backup is a gzipped tar: `header.json`, the tables in pieces (`tables/<table>/<piece>.copy`), files, and `manifest.json` with the checksum of each entry.
// It becomes a file of its name when it is whole.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { createGunzip, createGzip, type Gzip } from "node:zlib";
import { MillraceError } from "@millrace/core";
import { readTar, TAR_END, tarHeader, tarPadding, type TarEntry } from "./tar.ts";

const MANIFEST = "manifest.json";

interface Manifest {
  readonly entries: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/** Writes a backup, entry by entry. Throws MillraceError BAD_ARGUMENT when the file cannot be written. */
export class BackupFileWriter {
  readonly #path: string;
  readonly #draft: string;
  readonly #gzip: Gzip = createGzip({ level: 4 });
  readonly #file: WriteStream;
  readonly #entries: Manifest["entries"][number][] = [];

  /** @param path replaced by {@link finish}, when everything is written. */
  constructor(path: string) {
    this.#path = path;
    this.#draft = `${path}.draft-${process.pid}`;
    this.#file = createWriteStream(this.#draft, { flush: true, mode: 0o600 });
    this.#file.on("error", (error) => this.#gzip.destroy(cannotWrite(path, error)));
    this.#gzip.on("error", () => undefined);
    this.#gzip.pipe(this.#file);
  }

  async add(name: string, data: Buffer): Promise<void> {
    await this.addStream(name, data.length, [data]);
  }

  /** @param body at least `size` bytes; what goes beyond is left out: a log may grow meanwhile. */
  async addStream(name: string, size: number, body: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    await this.#write(tarHeader(name, size));
    const hash = createHash("sha256");
    let left = size;
    for await (const chunk of body) {
      const part = chunk.subarray(0, left);
      hash.update(part);
      await this.#write(part);
      left -= part.length;
      if (left === 0) break;
    }
    if (left > 0)
      throw new MillraceError("CONFLICT", `${name} became shorter while it was read. Make the backup again.`);
    await this.#write(tarPadding(size));
    this.#entries.push({ name, size, sha256: hash.digest("hex") });
  }

  async finish(): Promise<void> {
    await this.add(MANIFEST, Buffer.from(`${JSON.stringify({ entries: this.#entries } satisfies Manifest)}\n`));
    await this.#write(TAR_END);
    this.#gzip.end();
    try {
      await finished(this.#file);
      await rename(this.#draft, this.#path);
    } catch (error) {
      throw cannotWrite(this.#path, error);
    }
  }

  /** Leaves nothing. */
  async discard(): Promise<void> {
    this.#gzip.destroy();
    this.#file.destroy();
    await rm(this.#draft, { force: true });
  }

  async #write(data: Buffer): Promise<void> {
    if (this.#gzip.errored) throw this.#gzip.errored;
    if (data.length > 0 && !this.#gzip.write(data)) await once(this.#gzip, "drain");
  }
}

function cannotWrite(path: string, error: unknown): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `${path} cannot be written: ${(error as Error).message}`, { cause: error });
}

/** Reads the entries of a backup, and checks them. */
export class BackupFileReader {
  readonly #entries: AsyncGenerator<TarEntry>;
  readonly #seen = new Map<string, string>();
  #manifest: Manifest | undefined;

  constructor(path: string) {
    const gunzip = createGunzip();
    const file = createReadStream(path);
    file.on("error", (error) => gunzip.destroy(error));
    this.#entries = readTar(readable(file.pipe(gunzip), path));
  }

  /** The next entry but the manifest; undefined at the end. The one before must have been read. */
  async next(): Promise<TarEntry | undefined> {
    const next = await this.#entries.next();
    if (next.done === true) return undefined;
    const { name, size, body } = next.value;
    if (name === MANIFEST) {
      this.#manifest = JSON.parse((await readAll(body)).toString("utf8")) as Manifest;
      return await this.next();
    }
    return { name, size, body: this.#hashed(name, body) };
  }

  /** @throws MillraceError BAD_ARGUMENT when an entry is missing or is not what was written. Everything must have been read. */
  requireWhole(): void {
    if (this.#manifest === undefined) throw broken("it has no manifest: it is not whole");
    for (const { name, sha256 } of this.#manifest.entries)
      if (this.#seen.get(name) !== sha256) throw broken(`${name} is not what was written`);
  }

  async *#hashed(name: string, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const hash = createHash("sha256");
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
    this.#seen.set(name, hash.digest("hex"));
  }
}

/** The bytes of a body. */
export async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* readable(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new MillraceError("NOT_FOUND", `there is no file ${path}`, { cause: error });
    throw broken(message, error);
  }
}

function broken(why: string, cause?: unknown): MillraceError {
  return new MillraceError("BAD_ARGUMENT", `the backup cannot be read: ${why}. Nothing was restored.`, { cause });
}
