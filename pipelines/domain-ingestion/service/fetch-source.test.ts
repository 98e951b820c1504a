import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ConfigurationError, FetchError } from "../steps/pipeline-errors.ts";
import type { Source } from "../steps/source-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type FetchOptions, fetchSource } from "./fetch-source.ts";

const sourceAt = (url: string): Source => ({
  name: "s",
  url,
  format: "hosts",
  category: "malware",
  updateFrequency: "daily",
  description: "",
});

function fetchOptions(over: Partial<FetchOptions> = {}): FetchOptions {
  const folder = temporaryFolder();
  return {
    configFolder: folder,
    downloadFolder: join(folder, "downloads"),
    http: { timeoutMs: 5_000, attempts: 3, backoffMs: 1 },
    log: () => undefined,
    signal: new AbortController().signal,
    ...over,
  };
}

/** A server on this machine that answers the n-th request by the n-th listener, and any further one by the last. */
async function serve(...answers: readonly RequestListener[]): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests++, answers.length - 1)];
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`, requests: () => requests };
}

const status =
  (code: number): RequestListener =>
  (_request, response) =>
    response.writeHead(code).end("no");
const list: RequestListener = (_request, response) =>
  response.writeHead(200, { "content-type": "text/plain" }).end("0.0.0.0 a.net\n");
const half: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": 1_000 }).write("0.0.0.0 half.net\n");
  response.socket?.destroySoon();
};
const silent: RequestListener = () => undefined;

test("a download comes as a file with its metadata, and is removed on release", async () => {
  const { url } = await serve(list);
  const fetched = await fetchSource(sourceAt(url), fetchOptions());
  expect(readFileSync(fetched.path, "utf8")).toBe("0.0.0.0 a.net\n");
  expect(fetched.metadata).toEqual({
    source_url: url,
    http_status: 200,
    content_length: 14,
    content_type: "text/plain",
  });
  await fetched.release();
  expect(existsSync(fetched.path)).toBe(false);
});

test("error answers and broken connections are tried again with doubling waits, and nothing half is used", async () => {
  const { url, requests } = await serve(status(503), half, list);
  const waits: unknown[] = [];
  const options = fetchOptions({ log: (_level, _event, fields) => waits.push(fields?.["wait_ms"]) });
  const fetched = await fetchSource(sourceAt(url), options);
  expect(requests()).toBe(3);
  expect(waits).toEqual([1, 2]);
  expect(readFileSync(fetched.path, "utf8")).toBe("0.0.0.0 a.net\n");
  expect(readdirSync(options.downloadFolder)).toHaveLength(1);
});

test.each([
  ["a missing page", status(404), 5_000, "HTTP status 404"],
  ["a silent server", silent, 1_000, "timeout"],
])("%s fails after the last attempt and leaves no file", async (_what, answer, timeoutMs, reason) => {
  const { url, requests } = await serve(answer);
  const options = fetchOptions({ http: { timeoutMs, attempts: 2, backoffMs: 1 } });
  const failure = await fetchSource(sourceAt(url), options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FetchError);
  expect((failure as FetchError).message).toContain(reason);
  expect((failure as FetchError).context).toEqual({ source: "s", url, attempts: 2 });
  expect(requests()).toBe(2);
  expect(readdirSync(options.downloadFolder)).toEqual([]);
});

test("an answer without a body is an empty content at once", async () => {
  const { url, requests } = await serve(status(204));
  const fetched = await fetchSource(sourceAt(url), fetchOptions());
  expect(fetched.metadata).toMatchObject({ http_status: 204, content_length: 0 });
  expect(readFileSync(fetched.path, "utf8")).toBe("");
  expect(requests()).toBe(1);
});

test("content over the size limit is refused", async () => {
  const { url } = await serve(list);
  await expect(fetchSource(sourceAt(url), fetchOptions({ maxBytes: 5 }))).rejects.toThrow("more than 5 bytes");
});

test("an abort ends the waiting at once, with the abort's own reason", async () => {
  const { url } = await serve(status(500));
  const abort = new AbortController();
  const options = fetchOptions({
    http: { timeoutMs: 5_000, attempts: 3, backoffMs: 60_000 },
    signal: abort.signal,
    log: () => abort.abort("stopped"),
  });
  await expect(fetchSource(sourceAt(url), options)).rejects.toSatisfy(
    (error) => error === "stopped" || (error as Error).name === "AbortError",
  );
});

test("a file is read where it lies: by relative path from the configuration, or by address", async () => {
  const options = fetchOptions();
  const path = join(options.configFolder, "a list.hosts");
  writeFileSync(path, "0.0.0.0 a.net\n");
  for (const url of ["a list.hosts", path, pathToFileURL(path).href]) {
    const fetched = await fetchSource(sourceAt(url), options);
    await fetched.release();
    expect(fetched).toMatchObject({ path, metadata: { source_url: url, content_length: 14 } });
    expect(existsSync(path)).toBe(true);
  }
  await expect(fetchSource(sourceAt("none.hosts"), options)).rejects.toThrow(FetchError);
  await expect(fetchSource(sourceAt("gopher://a.net/x"), options)).rejects.toThrow(ConfigurationError);
});
