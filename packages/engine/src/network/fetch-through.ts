import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { MillraceError } from "@millrace/core";
import type { Judge, JudgedAddress } from "./judged-address.ts";

const MOST_REDIRECTS = 20;
/** Statuses whose answers have no body. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);
/** What must not travel to another origin. */
const PRIVATE_HEADERS = ["authorization", "cookie", "proxy-authorization"];

interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
  readonly signal: AbortSignal;
}

/** A `fetch` that connects to judged addresses only, for each redirect anew. Bodies are sent whole, not as streams. */
export function fetchThrough(judge: Judge): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const bytes = Buffer.from(await request.arrayBuffer());
    let sent: Sent = {
      url: new URL(request.url),
      method: request.method,
      headers: request.headers,
      body: request.body === null && bytes.length === 0 ? undefined : bytes,
      signal: request.signal,
    };
    for (let redirects = 0; ; redirects++) {
      const answer = await send(sent, judge);
      const target = redirectOf(answer, sent.url);
      if (target === undefined || request.redirect === "manual") return responseOf(answer, sent.url, redirects > 0);
      answer.destroy();
      if (request.redirect === "error") throw failed(new Error("the answer is a redirect"));
      if (redirects === MOST_REDIRECTS) throw failed(new Error(`more than ${MOST_REDIRECTS} redirects`));
      sent = followed(sent, target, answer.statusCode ?? 0);
    }
  };
}

async function send({ url, method, headers, body, signal }: Sent, judge: Judge): Promise<IncomingMessage> {
  if (url.protocol !== "http:" && url.protocol !== "https:") throw failed(new Error(`unknown scheme ${url.protocol}`));
  const addresses = await judge(url.hostname);
  signal.throwIfAborted();
  const options: RequestOptions = {
    method,
    headers: { accept: "*/*", "accept-encoding": "gzip, deflate, br", ...Object.fromEntries(headers) },
    lookup: lookupOf(addresses),
    signal,
    agent: false,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const [first] = addresses;
  // An address in the URL is connected to without a lookup; it was judged as such.
  if (first === undefined) throw failed(new Error(`${url.hostname} has no address`));
  const outgoing = (url.protocol === "https:" ? requestHttps : requestHttp)(url, options, resolve);
  outgoing.once("error", reject);
  outgoing.end(body);
  try {
    return await promise;
  } catch (error) {
    signal.throwIfAborted();
    throw failed(error);
  }
}

/** Answers every question with what was judged. */
function lookupOf(addresses: readonly JudgedAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family);
  };
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined;
  const target = URL.parse(headers.location, from.href);
  if (target === null) throw failed(new Error("the answer redirects to what is no address"));
  return target;
}

/** As browsers do: 303, and 301 and 302 of a POST, become a GET without a body. */
function followed(sent: Sent, url: URL, status: number): Sent {
  const becomesGet = (status === 303 && sent.method !== "HEAD") || (status <= 302 && sent.method === "POST");
  const headers = new Headers(sent.headers);
  if (url.origin !== sent.url.origin) for (const name of PRIVATE_HEADERS) headers.delete(name);
  if (!becomesGet) return { ...sent, url, headers };
  for (const name of ["content-type", "content-length", "content-encoding"]) headers.delete(name);
  return { ...sent, url, headers, method: "GET", body: undefined };
}

function responseOf(answer: IncomingMessage, url: URL, redirected: boolean): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2)
    headers.append(answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? "");
  const body = BODILESS.has(status) ? null : (Readable.toWeb(unpacked(answer)) as ReadableStream<Uint8Array>);
  if (body === null) answer.resume();
  const response = new Response(body, { status, statusText: answer.statusMessage ?? "", headers });
  Object.defineProperty(response, "url", { value: url.href });
  Object.defineProperty(response, "redirected", { value: redirected });
  return response;
}

function unpacked(answer: IncomingMessage): Readable {
  const coding = (answer.headers["content-encoding"] ?? "").trim().toLowerCase();
  const unpack =
    coding === "gzip" || coding === "x-gzip"
      ? createGunzip()
      : coding === "br"
        ? createBrotliDecompress()
        : coding === "deflate"
          ? createInflate()
          : undefined;
  if (unpack === undefined) return answer;
  answer.once("error", (error) => unpack.destroy(error));
  return answer.pipe(unpack);
}

/** What the global `fetch` throws when there is no answer. */
function failed(cause: unknown): Error {
  if (cause instanceof MillraceError) return cause;
  return new TypeError("fetch failed", { cause });
}
