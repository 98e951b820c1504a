import { MillraceError, Permanent } from "@millrace/core";
import { askSpark, type SparkContext } from "../ask-spark.ts";
import type { StreamingQuery } from "./streaming-query.ts";

/** A job as a driver tells of it. */
interface Job {
  readonly jobId: number;
  readonly description?: string;
  readonly submissionTime?: string;
  readonly completionTime?: string;
  readonly status: string;
}

/**
 * The queries of a driver by its own pages: batches and times from the jobs, rates from its metrics.
 *
 * @param driver base address of the driver's pages, for example `http://driver:4040`
 * @throws MillraceError UNREACHABLE when the driver has ended, TIMEOUT, TASK_FAILED for an answer of something else
 */
export async function readDriver(driver: string, ctx: SparkContext): Promise<readonly StreamingQuery[]> {
  const base = driver.replace(/\/+$/, "");
  const url = `${base}/api/v1/applications`;
  const [application] = parse<readonly { readonly id: string }[]>(await askSpark({ url }, ctx), url);
  if (application === undefined) throw new MillraceError("TASK_FAILED", `${url} tells of no application`);
  const jobsUrl = `${url}/${encodeURIComponent(application.id)}/jobs`;
  const jobs = parse<readonly Job[]>(await askSpark({ url: jobsUrl }, ctx), jobsUrl);
  return queriesOf(jobs, await gaugesOf(`${base}/metrics/json`, ctx));
}

/** Of gauges only those of streaming are kept, by the end of their name: `bronze.inputRate-total`. */
type Gauges = ReadonlyMap<string, number>;

async function gaugesOf(url: string, ctx: SparkContext): Promise<Gauges> {
  try {
    const { gauges = {} } = parse<{ readonly gauges?: Readonly<Record<string, { readonly value: unknown }>> }>(
      await askSpark({ url }, ctx),
      url,
    );
    return new Map(
      Object.entries(gauges).flatMap(([key, { value }]) => {
        const name = /\.driver\.spark\.streaming\.(.+)$/.exec(key)?.[1];
        return name === undefined || typeof value !== "number" ? [] : [[name, value] as const];
      }),
    );
  } catch (error) {
    // Metrics can be switched off; batches and times are known without.
    if (error instanceof Permanent) return new Map();
    throw error;
  }
}

/** The queries that jobs belong to, the newest run of each: a streaming query writes itself into the description of its jobs. */
export function queriesOf(jobs: readonly Job[], gauges: Gauges): readonly StreamingQuery[] {
  const newest = new Map<string, { readonly job: Job; readonly query: StreamingQuery }>();
  for (const job of jobs) {
    const found = /^(?:(.*)\n)?id = (\S+)\nrunId = (\S+)\nbatch = (\d+)/.exec(job.description ?? "");
    if (found === null) continue;
    const [, name, id = "", runId = "", batch] = found;
    const other = newest.get(id);
    if (other !== undefined && other.job.jobId > job.jobId) continue;
    newest.set(id, { job, query: { name: name ?? id, id, runId, batchId: Number(batch) } });
  }
  return [...newest.values()].map(({ job, query }) => ({ ...query, ...timeOf(job), ...ratesOf(query.name, gauges) }));
}

function timeOf({ jobId, status, completionTime, submissionTime }: Job): Partial<StreamingQuery> {
  const at = completionTime ?? submissionTime;
  return {
    ...(at !== undefined && { lastProgress: at.replace(/GMT$/, "Z") }),
    ...(status === "FAILED" && { error: `its job ${jobId} has failed` }),
  };
}

/** Gauges of a query are there while it is active, when `spark.sql.streaming.metricsEnabled` is set. */
function ratesOf(name: string, gauges: Gauges): Partial<StreamingQuery> {
  const inputRowsPerSecond = gauges.get(`${name}.inputRate-total`);
  const processedRowsPerSecond = gauges.get(`${name}.processingRate-total`);
  if (inputRowsPerSecond === undefined || processedRowsPerSecond === undefined)
    return gauges.size > 0 ? { isActive: false } : {};
  return { isActive: true, inputRowsPerSecond, processedRowsPerSecond };
}

function parse<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new MillraceError("TASK_FAILED", `GET ${url} did not answer as a driver of Spark does`, { cause: error });
  }
}
