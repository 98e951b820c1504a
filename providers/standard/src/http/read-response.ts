import { MillraceError, Permanent } from "@millrace/core";
import type { HttpResponse } from "./http-options.ts";

/** Reads an answer whole. @throws Permanent when its body has more than `maxBytes`; the rest is not fetched. */
export async function readResponse(response: Response, title: string, maxBytes: number): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new Permanent(
        `${title} answered with more than the ${maxBytes} bytes of maxBytes; fetch large data to a file or a store and return where it is`,
      );
    chunks.push(chunk);
  }
  const text = new TextDecoder(charsetOf(response)).decode(Buffer.concat(chunks));
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    url: response.url,
    text,
    json: <T>() => parseBody(text, title) as T,
  };
}

/** True when an answer says that it is JSON. */
export function isJson(response: HttpResponse): boolean {
  return /^[^;]*[/+]json\b/i.test(response.headers["content-type"] ?? "");
}

function charsetOf(response: Response): string {
  const name = /charset="?([^";\s]+)/i.exec(response.headers.get("content-type") ?? "")?.[1] ?? "utf-8";
  try {
    return new TextDecoder(name).encoding;
  } catch {
    // A server that names a charset nobody knows: most of them mean UTF-8.
    return "utf-8";
  }
}

function parseBody(text: string, title: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's error quotes the body, which may hold secrets.
    throw new MillraceError("NOT_STORABLE", `${title} did not answer with JSON`);
  }
}
