import type { Readable } from "node:stream";

/** An answer that is more than JSON with the operation's usual status. */
export class Reply {
  readonly status: number | undefined;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Absent = JSON. A `Readable` or text body needs it. */
  readonly mediaType: string | undefined;

  constructor(
    body: unknown,
    given: {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly mediaType?: string;
    } = {},
  ) {
    this.body = body;
    this.status = given.status;
    this.headers = given.headers ?? {};
    this.mediaType = given.mediaType;
  }
}

/** Text, or a stream of it. */
export function textReply(text: string | Readable, mediaType = "text/plain; charset=utf-8"): Reply {
  return new Reply(text, { mediaType });
}
