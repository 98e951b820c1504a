/** A file of a table, to be read from its beginning to its end. */
export interface StoredFile {
  /** Milliseconds since the epoch, as the storage says. */
  readonly modifiedAtMs: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A file of a table, to be read in pieces; what hyparquet calls an `AsyncBuffer`. */
export interface RandomFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** The files below the folder of a table. Names are relative to it, with `/` between folders. */
export interface TableStorage extends AsyncDisposable {
  /** Where the table is, as people write it; never with a secret in it. */
  readonly url: string;
  /**
   * The names of the files directly in `folder`, in order, from `from` on (itself included).
   *
   * @returns none when there is no such folder
   */
  list(folder: string, from: string): AsyncIterable<string>;
  /** @returns undefined when there is no such file */
  find(name: string): Promise<StoredFile | undefined>;
  /** @throws MillraceError NOT_FOUND when there is no such file */
  open(name: string): Promise<RandomFile>;
}
