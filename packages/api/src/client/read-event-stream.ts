/** A block of a stream of server-sent events. */
export interface ServerSentEvent {
  /** Absent: the stream said none. */
  readonly id?: string;
  /** Default `message`. */
  readonly event: string;
  /** Empty for a block that only carries an id. */
  readonly data: string;
  readonly retryMs?: number;
}

/** The blocks of a stream of server-sent events, as they arrive. A block that is cut off at the end is none. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true }).replaceAll("\r\n", "\n");
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parseBlock(block: string): ServerSentEvent {
  let id: string | undefined;
  let event = "message";
  let retryMs: number | undefined;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "retry" && /^\d+$/.test(value)) retryMs = Number(value);
  }
  return { event, data: data.join("\n"), ...(id !== undefined && { id }), ...(retryMs !== undefined && { retryMs }) };
}
