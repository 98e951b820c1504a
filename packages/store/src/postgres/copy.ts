// COPY over an open connection of `pg`, which carries the protocol's messages but has no COPY of its own: two small queries of our own kind.
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type pg from "pg";

/** What waits for its reader before the server is told to wait. */
const MOST_WAITING_BYTES = 4 * 1_048_576;
/** `pg` ends a query by this; a copy takes as long as it takes. */
const NO_TIMEOUT_MS = 2_147_483_647;

/** What COPY needs of a connection of `pg`. */
interface CopyConnection {
  readonly stream: Duplex;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * Runs a `copy … to stdout` and gives its bytes as they come; the server waits for a reader that is slow. Read it to its end, or the connection is of
 * no use any more.
 *
 * @throws what the server says.
 */
export async function* copyOut(client: pg.ClientBase, statement: string): AsyncGenerator<Buffer> {
  const query = new CopyQuery(statement);
  client.query(query as unknown as pg.Submittable);
  for (;;) {
    const chunk = await query.next();
    if (chunk === undefined) return;
    yield chunk;
  }
}

/**
 * Runs a `copy … from stdin` with these bytes.
 *
 * @returns how many rows it made.
 * @throws what the server says, or what `source` throws; nothing is written then.
 */
export async function copyIn(client: pg.ClientBase, statement: string, source: AsyncIterable<Buffer>): Promise<number> {
  const query = new CopyQuery(statement, source);
  client.query(query as unknown as pg.Submittable);
  await query.next();
  return query.rows;
}

/** A query of `pg` that copies: methods are called by its client. */
class CopyQuery {
  readonly query_timeout = NO_TIMEOUT_MS;
  /** `pg` puts the end of its timeout here. */
  callback: ((error: Error | null) => void) | undefined;
  rows = 0;
  readonly #statement: string;
  readonly #source: AsyncIterable<Buffer> | undefined;
  readonly #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #connection: CopyConnection | undefined;
  #error: Error | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(statement: string, source?: AsyncIterable<Buffer>) {
    this.#statement = statement;
    this.#source = source;
  }

  /** The next bytes; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#error) throw this.#error;
    const all = this.#chunks.splice(0);
    this.#waitingBytes = 0;
    this.#connection?.stream.resume();
    return all.length === 0 ? undefined : Buffer.concat(all);
  }

  submit(connection: unknown): void {
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#statement);
  }

  handleCopyInResponse(): void {
    void this.#send();
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // The parser goes on to use the memory behind it.
    this.#chunks.push(Buffer.from(chunk));
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#connection?.stream.pause();
    this.#tell();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  handleError(error: Error): void {
    this.#error ??= error;
    // The client hears alone of what follows an error.
    this.handleReadyForQuery();
  }

  handleReadyForQuery(): void {
    this.#isOver = true;
    this.#connection?.stream.resume();
    this.callback?.(null);
    this.#tell();
  }

  async #send(): Promise<void> {
    const connection = this.#connection!;
    try {
      for await (const chunk of this.#source ?? []) {
        if (this.#error) return;
        connection.sendCopyFromChunk(chunk);
        if (connection.stream.writableNeedDrain) await once(connection.stream, "drain");
      }
      connection.endCopyFrom();
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
      connection.sendCopyFail("its source failed");
    }
  }

  #tell(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
