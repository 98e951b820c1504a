import { readFile } from "node:fs/promises";
import type { Bench } from "../bench.ts";
import { fillDags } from "../fill-dags.ts";
import { fillHistory } from "../fill-history.ts";
import { formatFigure } from "../report/format-figure.ts";
import type { Scale } from "../scale.ts";
import { startApiServer, type MeasuredServer } from "../system/api-server.ts";
import { load, openStreams, type Served, type Wish } from "../system/load.ts";
import { makeProject } from "../system/measured-system.ts";
import type { Workload } from "../workload.ts";

/** Where the server's workloads have their data. */
export const DATABASE = "api";
const CLIENTS = 8;
const READ = (path: string): Wish => ({ method: "GET", path });

/** What is asked for, by the name of its workload. `firstRun`: id of the first of at least a thousand runs. */
const WISHES: Readonly<Record<string, (index: number, firstRun: number) => Wish>> = {
  "list-dags": (index) => READ(`/api/v1/dags?limit=100&offset=${(index * 100) % 5_000}`),
  "list-runs": (index) => READ(`/api/v1/dags/wide_chain/dagRuns?limit=100&offset=${(index * 100) % 5_000}`),
  "list-instances": (index, firstRun) =>
    READ(`/api/v1/dags/wide_chain/dagRuns/history-${firstRun + (index % 1_000)}/taskInstances?limit=100`),
  "list-all-instances": (index) =>
    READ(`/api/v1/dags/~/dagRuns/~/taskInstances?limit=100&offset=${(index * 100) % 1_000}`),
  trigger: () => ({ method: "POST", path: "/api/v1/dags/start_time/dagRuns", body: "{}" }),
};

const settingOf = ({ apiDags, apiInstances, apiStreams }: Scale): string =>
  `${formatFigure(apiDags)} DAGs, ${formatFigure(apiInstances)} task instances, ${apiStreams} event streams`;

/** Requests per second and the slowest in a hundred, for each of the endpoints that clients use most. */
export const API_WORKLOADS: readonly Workload[] = Object.keys(WISHES).flatMap((name) => [
  {
    name: `api-${name}`,
    title: (scale) => `${name.replaceAll("-", " ")} over HTTP: ${settingOf(scale)}`,
    unit: "requests/s",
    better: "higher",
    run: async (bench) => [(await measured(bench, name)).perSecond],
  },
  {
    name: `api-${name}-p99`,
    title: () => `the same, p99`,
    unit: "ms",
    better: "lower",
    run: async (bench) => [(await measured(bench, name)).p99Ms],
  },
]);

/** The server's memory after all of that. */
export const apiMemory: Workload = {
  name: "api-memory",
  title: () => "memory of the server's process after these requests",
  unit: "MB",
  better: "lower",
  async run(bench) {
    for (const name of Object.keys(WISHES)) await measured(bench, name);
    const { server } = await filledServer(bench);
    const bytes = await residentBytes(server.pid);
    await server.stop();
    await bench.endSystem();
    return [bytes / 1_000_000];
  },
};

function measured(bench: Bench, name: string): Promise<Served> {
  return bench.once(`api ${name}`, async () => {
    const { server, firstRun } = await filledServer(bench);
    // A running scheduler carries out what is triggered.
    await bench.system({ limits: "wide", database: DATABASE });
    const close = await openStreams(server, bench.scale.apiStreams);
    try {
      bench.progress.note(`${name}: ${bench.scale.apiSeconds} s of requests over ${CLIENTS} connections`);
      return await load(server, (index) => WISHES[name](index, firstRun), {
        clients: CLIENTS,
        seconds: bench.scale.apiSeconds,
      });
    } finally {
      close();
    }
  });
}

/** A server on a full database, beside a Millrace. */
export interface FilledServer {
  readonly server: MeasuredServer;
  readonly firstRun: number;
}

/** Starts it, once. */
export function filledServer(bench: Bench): Promise<FilledServer> {
  return bench.once("api server", async () => {
    const { apiDags, apiInstances } = bench.scale;
    const url = await bench.database(DATABASE);
    // It saves the bench's own DAGs, which the copies are made of.
    await bench.system({ limits: "wide", database: DATABASE });
    await bench.endSystem();
    bench.progress.note(`filling ${apiInstances} task instances and ${apiDags} DAGs`);
    const firstRun = await fillHistory(url, apiInstances, bench.progress);
    // Its first look at the files would take away DAGs that none of them declares: the copies come afterwards.
    await bench.system({ limits: "wide", database: DATABASE });
    await fillDags(url, "chain", apiDags);
    const folder = await bench.subfolder("api");
    await makeProject(folder);
    const server = await startApiServer(folder, url);
    bench.atEnd(() => server.stop());
    await expectDags(server, apiDags);
    return { server, firstRun };
  });
}

async function expectDags({ url, authorization }: MeasuredServer, least: number): Promise<void> {
  const answer = await fetch(`${url}/api/v1/dags?limit=1`, { headers: { authorization } });
  const { total_entries: total } = (await answer.json()) as { readonly total_entries?: number };
  if ((total ?? 0) < least) throw new Error(`the server lists ${total} DAGs, not ${least}`);
}

async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}
