import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FetchMetadata } from "../steps/domain-record.ts";
import { ConfigurationError, FetchError } from "../steps/pipeline-errors.ts";
import type { Source } from "../steps/source-config.ts";
import type { ServiceLog } from "./service-log.ts";
import type { HttpSettings } from "./settings.ts";

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;
const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;

/** Where and how sources are fetched. */
export interface FetchOptions {
  /** Folder that relative paths of sources start from: the one of the configuration file. */
  readonly configFolder: string;
  /** Folder for downloads in progress. */
  readonly downloadFolder: string;
  readonly http: HttpSettings;
  readonly log: ServiceLog;
  readonly signal: AbortSignal;
  /** Largest content. Default 512 MiB. */
  readonly maxBytes?: number;
}

/** The content of a source as a file. `release` removes it when it was downloaded. */
export interface FetchedSource {
  readonly path: string;
  readonly metadata: FetchMetadata;
  release(): Promise<void>;
}

/**
 * Brings the content of a source to this disk. HTTP answers of 400 and above, time-outs and broken connections are tried
 * again; a download is used only when it is whole.
 *
 * @throws FetchError after the last attempt, or when a file cannot be read. ConfigurationError for an unknown kind of address.
 */
export async function fetchSource(source: Source, options: FetchOptions): Promise<FetchedSource> {
  const scheme = SCHEME.exec(source.url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return localFile(source, resolve(options.configFolder, source.url));
    case "file":
      return localFile(source, fileURLToPath(source.url));
    case "http":
    case "https":
      return downloadWithRetries(source, options);
    default:
      throw new ConfigurationError(
        `source ${source.name}: "${scheme}:" addresses cannot be fetched; use http, https, file or a path`,
        { source: source.name },
      );
  }
}

async function localFile(source: Source, path: string): Promise<FetchedSource> {
  try {
    const { size } = await stat(path);
    return { path, metadata: { source_url: source.url, content_length: size }, release: () => Promise.resolve() };
  } catch (cause) {
    throw new FetchError(
      `source ${source.name}: the file ${path} cannot be read`,
      { source: source.name, path },
      cause,
    );
  }
}

async function downloadWithRetries(source: Source, options: FetchOptions): Promise<FetchedSource> {
  const { http, log, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await download(source, options);
    } catch (cause) {
      signal.throwIfAborted();
      const reason = reasonOf(cause);
      if (attempt >= http.attempts) {
        const context = { source: source.name, url: source.url, attempts: attempt };
        throw new FetchError(
          `source ${source.name}: ${source.url} could not be fetched in ${attempt} attempt(s): ${reason}`,
          context,
          cause,
        );
      }
      const waitMs = http.backoffMs * 2 ** (attempt - 1);
      log("WARNING", "fetch failed, trying again", { source: source.name, attempt, reason, wait_ms: waitMs });
      await wait(waitMs, undefined, { signal });
    }
  }
}

async function download(source: Source, options: FetchOptions): Promise<FetchedSource> {
  const { downloadFolder, http, maxBytes = DEFAULT_MAX_BYTES } = options;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(http.timeoutMs)]);
  const path = join(downloadFolder, `${source.name}-${randomUUID()}.download`);
  await mkdir(dirname(path), { recursive: true });
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    const response = await fetch(source.url, { signal, headers: { "user-agent": "millrace-domain-ingestion" } });
    if (response.status >= 400) throw new Error(`HTTP status ${response.status}`);
    let bytes = 0;
    const counter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        done(bytes > maxBytes ? new Error(`more than ${maxBytes} bytes`) : null, chunk);
      },
    });
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    await pipeline(body, counter, createWriteStream(path), { signal });
    const contentType = response.headers.get("content-type");
    const metadata = {
      source_url: source.url,
      http_status: response.status,
      content_length: bytes,
      ...(contentType === null ? {} : { content_type: contentType }),
    };
    return { path, metadata, release };
  } catch (error) {
    await release();
    throw error;
  }
}

// `fetch` hides what happened ("fetch failed") in the cause.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
