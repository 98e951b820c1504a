/** Longest line that is kept, in characters: long enough for a result, and all the memory that a stream takes. */
const MAX_LINE_CHARS = 1_048_576;

/** Cuts a stream of bytes into lines. */
export interface LineSplitter {
  write(chunk: Uint8Array): void;
  /** Gives out what came after the last line end. */
  end(): void;
}

/**
 * Calls `onLine` for every line of UTF-8 text, without its line end. What a carriage return overwrites on a terminal (a progress bar) is left out.
 * A line longer than `maxChars` is cut and says so.
 */
export function createLineSplitter(onLine: (line: string) => void, maxChars: number = MAX_LINE_CHARS): LineSplitter {
  const decoder = new TextDecoder();
  let open = "";
  let lost = 0;
  const add = (text: string): void => {
    const room = maxChars - open.length;
    open += text.length <= room ? text : text.slice(0, room);
    lost += Math.max(0, text.length - room);
  };
  const close = (): void => {
    const line = asOnTerminal(open);
    onLine(lost === 0 ? line : `${line}… (${lost} more characters cut)`);
    open = "";
    lost = 0;
  };
  const take = (text: string): void => {
    const [first, ...more] = text.split("\n");
    add(first);
    for (const part of more) {
      close();
      add(part);
    }
  };
  return {
    write: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end() {
      take(decoder.decode());
      if (open !== "") close();
    },
  };
}

function asOnTerminal(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
}
