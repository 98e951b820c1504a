import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceRef } from "@millrace/core";
import type { OwnPorts } from "./own-ports.ts";

/** Between two looks at a try that runs. */
const LOOK_MS = 500;
/** A stream ends after so long; the client comes back with the number of lines that it has. */
const LONGEST_MS = 30 * 60_000;

/** What to read of a log. */
export interface LogWish {
  readonly instance: InstanceRef;
  readonly try?: number;
  readonly from?: number;
  readonly follow?: boolean;
  readonly signal: AbortSignal;
  readonly closing: AbortSignal;
}

/** Log lines of a try, a JSON text each, as they come; ends with the try. */
export function logStream({ readLog }: Pick<OwnPorts, "readLog">, wish: LogWish): Readable {
  const { instance, try: tryNumber, from = 0, follow = true, signal, closing } = wish;
  async function* lines(): AsyncGenerator<string> {
    const end = performance.now() + LONGEST_MS;
    let cursor: unknown;
    for (let left = from; ;) {
      const part = await readLog(instance, tryNumber, cursor);
      cursor = part.cursor;
      const fresh = part.lines.slice(left);
      left = Math.max(0, left - part.lines.length);
      if (fresh.length > 0) yield `${fresh.join("\n")}\n`;
      if (part.isOver || !follow || signal.aborted || closing.aborted || performance.now() > end) return;
      await sleep(LOOK_MS, undefined, { signal: AbortSignal.any([signal, closing]) }).catch(() => undefined);
    }
  }
  return Readable.from(lines(), { objectMode: false });
}
