// Sends generated domains through the service of the domain ingestion, as a task does: a list over HTTP, a process of its own, a log of its own.
// By hand, for Kafka: `node bench/ingest-domains.ts 1000000 kafka:9092`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";

const SERVICE = resolve(import.meta.dirname, "../pipelines/domain-ingestion/service/main.ts");
const LINES_PER_CHUNK = 5_000;
const LOOK_MS = 100;

/** What an ingestion took. */
export interface IngestionLoad {
  readonly domains: number;
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Most memory that the process had, in bytes. */
  readonly peakRss: number;
}

/** Ingests so many different domains. @param kafkaServers default a folder of its own. @throws Error when not all of them were published */
export async function ingestDomains(domains: number, kafkaServers?: string): Promise<IngestionLoad> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-load-"));
  const lists = createServer((_, response) => void Readable.from(hostsLines(domains)).pipe(response));
  lists.listen(0, "127.0.0.1");
  await once(lists, "listening");
  try {
    const url = `http://127.0.0.1:${(lists.address() as AddressInfo).port}/hosts`;
    const config = join(folder, "sources.yaml");
    await writeFile(config, `sources:\n  load: { url: "${url}", format: hosts, category: malware }\n`);
    await mkdir(join(folder, "log"));
    return await measure(config, kafkaServers ?? `file:${join(folder, "log")}`, domains);
  } finally {
    lists.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(config: string, kafkaServers: string, domains: number): Promise<IngestionLoad> {
  const startedAtMs = performance.now();
  const args = [SERVICE, "--config", config, "--kafka-servers", kafkaServers, "--log-level", "WARNING"];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HTTP_TIMEOUT: "600" },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  let peakRss = 0;
  const look = setInterval(() => {
    void peakOf(child.pid).then((bytes) => (peakRss = Math.max(peakRss, bytes)));
  }, LOOK_MS);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    const { statistics } = JSON.parse(said) as { statistics?: { domains_published: number } };
    if (code !== 0 || statistics?.domains_published !== domains)
      throw new Error(`the ingestion ended with ${code} and said ${said}`);
    return { domains, seconds: (performance.now() - startedAtMs) / 1_000, peakRss };
  } finally {
    clearInterval(look);
  }
}

/** The kernel's own mark of the most that a process has had. */
async function peakOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0) * 1_024;
}

function* hostsLines(domains: number): Generator<string> {
  for (let at = 0; at < domains; at += LINES_PER_CHUNK) {
    const count = Math.min(LINES_PER_CHUNK, domains - at);
    yield Array.from({ length: count }, (_, n) => `0.0.0.0 host-${at + n}.made-up-for-millrace.net\n`).join("");
  }
}

if (process.argv[1] === import.meta.filename) {
  const [count = "100000", servers] = process.argv.slice(2);
  const { domains, seconds, peakRss } = await ingestDomains(Number(count), servers);
  const rate = Math.round(domains / seconds);
  console.log(`${domains} domains in ${seconds.toFixed(1)} s: ${rate}/s, at most ${Math.round(peakRss / 2 ** 20)} MiB`);
}
