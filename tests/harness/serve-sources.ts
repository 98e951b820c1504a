import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const FIXTURES = resolve(import.meta.dirname, "../../pipelines/domain-ingestion/fixtures");

/** How the server answers a request for a list: well, packed, not at all, with half of it, or only when the server closes. */
export type Answer = "plain" | "gzip" | "missing" | "half" | "silence";

/** A server on this machine that publishes the fixtures. */
export interface SourceServer extends AsyncDisposable {
  /** Requests for each fixture so far. */
  readonly requests: Readonly<Record<string, number>>;
  /** Answers the next requests for a fixture in this way, the last way for good. Default `plain`. */
  answer(fixture: string, ...answers: readonly Answer[]): void;
  /** Resolves when a fixture has been asked for so often. */
  asked(fixture: string, times: number): Promise<void>;
  /** A `sources.yaml` that names the four lists at this server. */
  readonly config: string;
}

/** Starts the server. */
export async function serveSources(): Promise<SourceServer> {
  const plans = new Map<string, readonly Answer[]>();
  const requests: Record<string, number> = {};
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const fixture = (request.url ?? "").slice(1);
    const [next = "plain", ...later] = plans.get(fixture) ?? [];
    if (later.length > 0) plans.set(fixture, later);
    requests[fixture] = (requests[fixture] ?? 0) + 1;
    for (const look of waiting) look();
    void reply(response, fixture, next);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const asked = (fixture: string, times: number): Promise<void> =>
    new Promise((fulfil) => {
      const look = (): void => {
        if ((requests[fixture] ?? 0) < times) return;
        waiting.delete(look);
        fulfil();
      };
      waiting.add(look);
      look();
    });
  return {
    requests,
    answer: (fixture, ...answers) => void plans.set(fixture, answers),
    asked,
    config: configAt(`http://127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function reply(response: ServerResponse, fixture: string, answer: Answer): Promise<void> {
  const text = await readFile(join(FIXTURES, fixture));
  const headers = { "content-type": "text/plain; charset=utf-8", etag: `"${text.length}"` };
  switch (answer) {
    case "plain":
      response.writeHead(200, { ...headers, "content-length": text.length }).end(text);
      return;
    case "gzip":
      response.writeHead(200, { ...headers, "content-encoding": "gzip" }).end(gzipSync(text));
      return;
    case "missing":
      response.writeHead(404).end("there is no such list");
      return;
    case "half":
      response.writeHead(200, { ...headers, "content-length": text.length });
      response.write(text.subarray(0, text.length / 2), () => response.socket?.destroySoon());
      return;
    case "silence":
      return;
    default:
      throw new Error(`unreachable: ${String(answer satisfies never)}`);
  }
}

function configAt(address: string): string {
  const source = (name: string, format: string, category: string): string =>
    `  "${name}": { url: "${address}/${name}.${format}", format: ${format}, category: ${category} }\n`;
  return `sources:\n${[
    source("stevenblack", "hosts", "ads_trackers"),
    source("urlhaus", "adblock", "malware"),
    source("1hosts", "adblock", "ads_trackers"),
    source("adwars", "hosts", "ads_trackers"),
  ].join("")}`;
}
