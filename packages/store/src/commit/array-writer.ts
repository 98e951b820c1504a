// Columns of a commit travel as PostgreSQL's binary arrays: the server reads them four times faster than array text or JSON, instants arrive exactly
// (R7), and no value needs escaping. `pg` sends a Buffer as a binary parameter.
import type { Micros } from "@millrace/core";

const OID = { bool: 16, int8: 20, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 } as const;
const HEADER_BYTES = 20;
/** 2000-01-01 in microseconds since 1970: where PostgreSQL counts from. */
const EPOCH_2000 = 946_684_800_000_000;
const TWO_32 = 4_294_967_296;
const INT4_MAX = 2_147_483_647;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** What one element of a column comes from; `undefined` and `null` become null. */
export type Pick<Row, Value> = (row: Row) => Value | null | undefined;

/** Called with the row whose value does not fit; must throw. */
export type Refuse<Row> = (row: Row, why: string) => never;

/**
 * Writes columns as binary arrays into one growing buffer. A column whose elements are all null is `null` itself: `unnest` pads it with nulls.
 * One writer per batch.
 */
export class ArrayWriter<Row> {
  #buffer: Buffer;
  /** Where the column being written begins. */
  #start = 0;
  #at = 0;
  readonly #refuse: Refuse<Row>;

  /** @param sizeHint bytes expected in all. */
  constructor(refuse: Refuse<Row>, sizeHint: number) {
    this.#refuse = refuse;
    this.#buffer = Buffer.allocUnsafe(sizeHint);
  }

  int4(rows: readonly Row[], pick: Pick<Row, number>): Buffer | null {
    return this.#column(OID.int4, rows, pick, (row, value) => {
      if (!Number.isInteger(value) || value > INT4_MAX || value < -INT4_MAX)
        this.#refuse(row, `${value} is not a whole number of 32 bits`);
      this.#reserve(8);
      this.#buffer.writeInt32BE(4, this.#at);
      this.#buffer.writeInt32BE(value, this.#at + 4);
      this.#at += 8;
    });
  }

  int8(rows: readonly Row[], pick: Pick<Row, number>): Buffer | null {
    return this.#column(OID.int8, rows, pick, (row, value) => {
      this.#int8(row, value, 0);
    });
  }

  /** Instants (R7). */
  instant(rows: readonly Row[], pick: Pick<Row, Micros>): Buffer | null {
    return this.#column(OID.timestamptz, rows, pick, (row, value) => {
      this.#int8(row, value, EPOCH_2000);
    });
  }

  bool(rows: readonly Row[], pick: Pick<Row, boolean>): Buffer | null {
    return this.#column(OID.bool, rows, pick, (_row, value) => {
      this.#reserve(5);
      this.#buffer.writeInt32BE(1, this.#at);
      this.#buffer[this.#at + 4] = value ? 1 : 0;
      this.#at += 5;
    });
  }

  text(rows: readonly Row[], pick: Pick<Row, string>): Buffer | null {
    return this.#column(OID.text, rows, pick, (_row, value) => {
      // Three bytes at most for each UTF-16 unit.
      this.#reserve(4 + value.length * 3);
      const bytes = this.#buffer.write(value, this.#at + 4, "utf8");
      this.#buffer.writeInt32BE(bytes, this.#at);
      this.#at += 4 + bytes;
    });
  }

  /** 128 bits in hex, with or without dashes. */
  uuid(rows: readonly Row[], pick: Pick<Row, string>): Buffer | null {
    return this.#column(OID.uuid, rows, pick, (row, value) => {
      if (!UUID.test(value)) this.#refuse(row, `"${value.slice(0, 60)}" is not 128 bits in hex`);
      this.#reserve(20);
      this.#buffer.writeInt32BE(16, this.#at);
      this.#buffer.write(value.length === 32 ? value : value.replaceAll("-", ""), this.#at + 4, "hex");
      this.#at += 20;
    });
  }

  #int8(row: Row, value: number, origin: number): void {
    // The difference of two safe integers may not be safe; instants are bounded further down by what a double holds.
    if (!Number.isSafeInteger(value) || !Number.isSafeInteger(value - origin))
      this.#refuse(row, `${value} is out of range`);
    const moved = value - origin;
    this.#reserve(12);
    this.#buffer.writeInt32BE(8, this.#at);
    this.#buffer.writeInt32BE(Math.floor(moved / TWO_32), this.#at + 4);
    this.#buffer.writeUInt32BE(moved >>> 0, this.#at + 8);
    this.#at += 12;
  }

  #column<Value>(
    oid: number,
    rows: readonly Row[],
    pick: Pick<Row, Value>,
    write: (row: Row, value: Value) => void,
  ): Buffer | null {
    this.#start = this.#at;
    this.#reserve(HEADER_BYTES);
    this.#at += HEADER_BYTES;
    let nulls = 0;
    for (const row of rows) {
      const value = pick(row);
      if (value === undefined || value === null) {
        nulls++;
        this.#reserve(4);
        this.#buffer.writeInt32BE(-1, this.#at);
        this.#at += 4;
      } else write(row, value);
    }
    if (nulls === rows.length) {
      this.#at = this.#start;
      return null;
    }
    return this.#finish(oid, rows.length, nulls > 0);
  }

  /** One dimension, lower bound 1. */
  #finish(oid: number, length: number, hasNulls: boolean): Buffer {
    const start = this.#start;
    this.#buffer.writeInt32BE(1, start);
    this.#buffer.writeInt32BE(hasNulls ? 1 : 0, start + 4);
    this.#buffer.writeInt32BE(oid, start + 8);
    this.#buffer.writeInt32BE(length, start + 12);
    this.#buffer.writeInt32BE(1, start + 16);
    return this.#buffer.subarray(start, this.#at);
  }

  /** Finished columns keep the buffer they are in; only the present one moves to the larger buffer. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const written = this.#at - this.#start;
    const larger = Buffer.allocUnsafe(2 * Math.max(this.#buffer.length, written + bytes));
    this.#buffer.copy(larger, 0, this.#start, this.#at);
    this.#buffer = larger;
    this.#start = 0;
    this.#at = written;
  }
}
