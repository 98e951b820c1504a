import type { Socket } from "node:net";
import { MillraceError } from "@millrace/core";

/** An answer longer than this is none of the ones that trials wait for. */
const MOST_BYTES = 65_536;

/** A conversation over a socket: say something, wait until the answer is whole. */
export interface Talk {
  say(bytes: string | Uint8Array): void;
  /** Waits for an answer, whose length `lengthOf` reads off its beginning, and takes that much. @throws MillraceError UNREACHABLE; the signal's reason */
  hear(lengthOf: (beginning: Buffer) => number | undefined): Promise<Buffer>;
  /** A line without its end. */
  hearLine(): Promise<string>;
}

/** Makes a conversation of a socket. Whoever opened the socket closes it. */
export function talkOver(socket: Socket, signal: AbortSignal): Talk {
  let heard = Buffer.alloc(0);
  let ended = false;
  let fault: Error | undefined;
  let wake: (() => void) | undefined;
  const tell = (): void => wake?.();
  socket.on("data", (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
    tell();
  });
  socket.once("close", () => {
    ended = true;
    tell();
  });
  socket.on("error", (error) => {
    fault = error;
    tell();
  });
  signal.addEventListener("abort", tell, { once: true });
  const hear: Talk["hear"] = async (lengthOf) => {
    for (;;) {
      signal.throwIfAborted();
      const length = lengthOf(heard);
      if (length !== undefined && heard.length >= length) {
        const answer = heard.subarray(0, length);
        heard = heard.subarray(length);
        return answer;
      }
      if (fault) throw new MillraceError("UNREACHABLE", `the connection broke: ${fault.message}`, { cause: fault });
      if (ended) throw new MillraceError("UNREACHABLE", "it closed the connection without an answer");
      // What another protocol says may read as a length of gigabytes.
      if (Math.max(heard.length, length ?? 0) > MOST_BYTES || (length ?? 0) < 0)
        throw new MillraceError("UNREACHABLE", "its answer is of another protocol");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    say: (bytes) => void socket.write(bytes),
    hear,
    hearLine: async () => {
      const line = await hear((so) => {
        const end = so.indexOf("\n");
        return end === -1 ? undefined : end + 1;
      });
      return line.toString("utf8").trimEnd();
    },
  };
}
