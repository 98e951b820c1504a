import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { startProcess } from "./server-process.ts";

/** A Pushgateway, or a Prometheus server. */
export interface MonitoringServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it; {@link MonitoringServer.start} brings it back at the same address, empty. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/**
 * Starts Debian's Pushgateway, which keeps what it gets in memory.
 *
 * @param options.users name → bcrypt hash; then it asks everybody for a login.
 */
export async function startPushgateway({
  users = {},
}: { readonly users?: Readonly<Record<string, string>> } = {}): Promise<MonitoringServer> {
  const web = { basic_auth_users: users };
  return await startServer("prometheus-pushgateway", "prometheus-pushgateway", {
    files: { "web.json": JSON.stringify(web) },
    args: (address) => [`--web.listen-address=${address}`, "--web.config.file=web.json", "--persistence.file="],
    ready: /TLS is disabled/,
  });
}

/** Starts Debian's Prometheus, which scrapes the addresses given every second. */
export async function startPrometheus(targets: readonly string[]): Promise<MonitoringServer> {
  const configuration = {
    global: { scrape_interval: "1s" },
    scrape_configs: [{ job_name: "tests", honor_labels: true, static_configs: [{ targets }] }],
  };
  return await startServer("prometheus", "prometheus", {
    files: { "prometheus.yml": JSON.stringify(configuration) },
    args: (address) => [`--web.listen-address=${address}`, "--config.file=prometheus.yml", "--storage.tsdb.path=data"],
    ready: /Server is ready to receive web requests/,
  });
}

interface ServerPlan {
  readonly files: Readonly<Record<string, string>>;
  readonly args: (address: string) => readonly string[];
  readonly ready: RegExp;
}

async function startServer(program: string, debianPackage: string, plan: ServerPlan): Promise<MonitoringServer> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-${program}-`));
  for (const [name, text] of Object.entries(plan.files)) await writeFile(join(folder, name), text);
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const how = `install Debian's ${debianPackage}`;
  const begin = async (): Promise<Awaited<ReturnType<typeof startProcess>>> => {
    const begun = await startProcess(program, plan.args(address), { cwd: folder, how });
    await begun.said(plan.ready);
    return begun;
  };
  let server = await begin();
  return {
    url: `http://${address}`,
    stop: async () => await server.end("SIGKILL"),
    start: async () => void (server = await begin()),
    [Symbol.asyncDispose]: async () => {
      await server.end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
