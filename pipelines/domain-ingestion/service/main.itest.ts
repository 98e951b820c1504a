import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const fixtures = fileURLToPath(new URL("../config/sources.fixtures.yaml", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly result: Record<string, unknown>;
}

function start(
  args: readonly string[],
  options: { node?: readonly string[]; env?: Record<string, string> } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...(options.node ?? []), main, ...args], {
    env: { PATH: "", ...options.env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code) =>
      resolve({
        code,
        stdout,
        stderr,
        result: JSON.parse(stdout.trimEnd().split("\n").at(-1) || "{}") as Record<string, unknown>,
      }),
    ),
  );
  return { child, ended };
}

test("the fixtures are ingested: exit 0, the result as the last line of stdout, logs as JSON on stderr", async () => {
  const folder = temporaryFolder();
  const { code, stderr, result } = await start([
    "--config",
    fixtures,
    "--kafka-servers",
    `file:${folder}/log`,
    "--json-logs",
  ]).ended;
  expect(code).toBe(0);
  expect(result).toMatchObject({
    status: "success",
    statistics: {
      sources_processed: 4,
      sources_failed: 0,
      domains_fetched: 125,
      domains_validated: 115,
      domains_published: 115,
      validation: { total: 151, valid: 115, invalid: 26, duplicates: 10 },
    },
    publish_stats: {
      overall: { malware: 27, ads_trackers: 88, total: 115 },
      by_source: { stevenblack: 39, urlhaus: 27, "1hosts": 27, adwars: 22 },
    },
  });
  for (const line of stderr.trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ level: "INFO" });
});

test("one source can be run alone, and the log can come from the environment", async () => {
  const env = { KAFKA_BOOTSTRAP_SERVERS: `file:${temporaryFolder()}` };
  const { code, stderr, result } = await start(["--config", fixtures, "--source", "urlhaus", "--log-level", "error"], {
    env,
  }).ended;
  expect([code, stderr]).toEqual([0, ""]);
  expect(result).toMatchObject({ publish_stats: { by_source: { urlhaus: 27 } } });
});

test.each([
  [
    "a missing configuration",
    ["--config", "/nowhere.yaml", "--kafka-servers", "file:x"],
    "/nowhere.yaml cannot be read",
  ],
  ["an unknown option", ["--kafka", "x"], "--kafka"],
  ["an unknown level", ["--log-level", "LOUD"], "is not one of DEBUG, INFO, WARNING, ERROR"],
  [
    "an unknown source",
    ["--config", fixtures, "--source", "nope", "--kafka-servers", "file:x"],
    'there is no source "nope"',
  ],
  ["an address that is no log", ["--config", fixtures, "--kafka-servers", "kafka"], "are neither file:<folder>"],
])("%s ends with exit 1 and says why", async (_what, args, message) => {
  const { code, result } = await start(args).ended;
  expect(code).toBe(1);
  expect(result).toMatchObject({
    status: "failed",
    error: "ConfigurationError",
    message: expect.stringContaining(message) as string,
  });
});

test("an interrupt ends it with exit 0, says so, and nothing half is published", async () => {
  const folder = temporaryFolder();
  const server = createServer();
  const asked = new Promise<void>((resolve) =>
    server.on("request", (_request, response) => {
      response.writeHead(200).write("0.0.0.0 a.net\n");
      resolve();
    }),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const config = join(folder, "sources.yaml");
  writeFileSync(
    config,
    `sources: {slow: {url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/", format: hosts, category: malware}}`,
  );
  const { child, ended } = start(["--config", config, "--kafka-servers", `file:${folder}/log`]);
  await asked;
  child.kill("SIGTERM");
  const { code, result } = await ended;
  expect([code, result]).toEqual([0, { status: "interrupted" }]);
  expect(existsSync(join(folder, "log", "topics", "malware_domains", "0", "00000000000000000000.jsonl"))).toBe(false);
});

test("downloads go to a folder of the run's own, which is gone afterwards", async () => {
  const folder = temporaryFolder();
  const server = createServer((_request, response) => response.end("0.0.0.0 a.net\n"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const config = join(folder, "sources.yaml");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  writeFileSync(config, `sources: {a: {url: "${url}", format: hosts, category: malware}}`);
  const temporary = join(folder, "temporary");
  mkdirSync(temporary);
  // Somebody else's, on a machine with several users.
  writeFileSync(join(temporary, "millrace-domain-ingestion"), "");
  const env = { TMPDIR: temporary, HTTP_RETRIES: "1" };
  const { result } = await start(["--config", config, "--kafka-servers", `file:${folder}/log`], { env }).ended;
  expect(result).toMatchObject({ statistics: { sources_failed: 0, domains_published: 1 } });
  expect(readdirSync(temporary)).toEqual(["millrace-domain-ingestion"]);
});

test("200 000 domains stream through a heap that could not hold them as records", async () => {
  const folder = temporaryFolder();
  function* lines(): Generator<string> {
    for (let index = 0; index < 200_000; index += 1)
      yield `0.0.0.0 host-${index}.section-${index % 97}.made-up-for-millrace.net\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, "big.hosts")));
  const config = join(folder, "sources.yaml");
  writeFileSync(config, "sources: {big: {url: big.hosts, format: hosts, category: malware}}");
  const { code, stderr, result } = await start(["--config", config, "--kafka-servers", `file:${folder}/log`], {
    node: ["--max-old-space-size=48"],
  }).ended;
  expect([code, stderr.includes("heap")]).toEqual([0, false]);
  expect(result).toMatchObject({ statistics: { domains_published: 200_000 } });
}, 60_000);
