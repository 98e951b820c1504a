import { hostname } from "node:os";
import { formatInstant, type SchedulerInfo } from "@millrace/core";
import { liveSchedulers } from "@millrace/engine";
import type { OpenProject } from "./open-project.ts";
import type { Row } from "./output/print-rows.ts";

/** A scheduler process with its workers and DAG processor, as Airflow's `jobs` commands see it. */
export interface Job extends SchedulerInfo {
  readonly isAlive: boolean;
  /** Since its last heartbeat, by the database's clock. */
  readonly silentMicros: number;
}

/** Jobs that have not ended, by their last heartbeat, newest first; a lost one stays until another scheduler ends it. */
export async function findJobs({ engine, queries }: Pick<OpenProject, "engine" | "queries">): Promise<readonly Job[]> {
  const live = await liveSchedulers({ store: engine, queries, host: hostname() });
  const now = await engine.now();
  const jobs = (await queries.listSchedulers()).map((each) => ({
    ...each,
    isAlive: live.has(each.schedulerId),
    silentMicros: Math.max(0, now - each.heartbeatAt),
  }));
  return jobs.sort((a, b) => b.heartbeatAt - a.heartbeatAt);
}

/** A job as lists print it. */
export function jobRow({ schedulerId, host, pid, isAlive, startedAt, heartbeatAt }: Job): Row {
  return {
    job_id: schedulerId,
    job_type: "SchedulerJob",
    state: isAlive ? "running" : "lost",
    hostname: host,
    pid,
    start_date: formatInstant(startedAt),
    latest_heartbeat: formatInstant(heartbeatAt),
  };
}
