/** Lines are handled for so long before the page gets its turn, in milliseconds. */
const SLICE_MS = 12;

/** Reads a stream of text line by line, as it comes, without holding up the page. Empty lines are left out. */
export async function readTextLines(
  stream: ReadableStream<Uint8Array>,
  each: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const end = done ? rest.length : rest.lastIndexOf("\n") + 1;
      await eachLine(rest.slice(0, end), each, signal);
      rest = rest.slice(end);
      if (done || signal.aborted) return;
    }
  } finally {
    // Also ends the request when the reading was given up.
    await reader.cancel().catch(() => undefined);
  }
}

async function eachLine(text: string, each: (line: string) => void, signal: AbortSignal): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (let at = 0; at < text.length && !signal.aborted;) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? undefined : end);
    if (line !== "") each(line);
    at = end < 0 ? text.length : end + 1;
    if (performance.now() < sliceEnd) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    sliceEnd = performance.now() + SLICE_MS;
  }
}
