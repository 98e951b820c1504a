import { MillraceError } from "@millrace/core";

/** A worker of a standalone master. */
export interface SparkWorker {
  readonly id: string;
  readonly host: string;
  readonly state: string;
  readonly cores: number;
  readonly coresUsed: number;
  readonly memoryMegabytes: number;
  readonly memoryUsedMegabytes: number;
}

/** An application as a standalone master sees it. */
export interface SparkApplication {
  readonly id: string;
  readonly name: string;
  /** `WAITING`, `RUNNING`, `FINISHED`, `FAILED`, `KILLED` or `UNKNOWN`. */
  readonly state: string;
  readonly cores: number;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** A driver that runs in the cluster. */
export interface SparkDriver {
  readonly id: string;
  readonly state: string;
  readonly mainClass: string;
  readonly startedAtMs: number;
}

/** A standalone cluster at one moment. Of what is completed the master keeps the last 200. */
export interface ClusterState {
  /** `ALIVE`, `STANDBY` or `RECOVERING`. */
  readonly status: string;
  readonly url: string;
  readonly workers: readonly SparkWorker[];
  readonly active: readonly SparkApplication[];
  readonly completed: readonly SparkApplication[];
  readonly activeDrivers: readonly SparkDriver[];
  readonly completedDrivers: readonly SparkDriver[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads what a standalone master says at `/json/`. @throws MillraceError TASK_FAILED when that is something else */
export function readClusterState(text: string, asked: string): ClusterState {
  const said = parse(text);
  if (said === undefined || typeof said["status"] !== "string" || !Array.isArray(said["workers"]))
    throw new MillraceError("TASK_FAILED", `${asked} did not answer as a standalone master of Spark does`);
  return {
    status: said["status"],
    url: stringOf(said["url"]),
    workers: listOf(said["workers"], readWorker),
    active: listOf(said["activeapps"], readApplication),
    completed: listOf(said["completedapps"], readApplication),
    activeDrivers: listOf(said["activedrivers"], readDriver),
    completedDrivers: listOf(said["completeddrivers"], readDriver),
  };
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function readWorker(from: Fields): SparkWorker {
  return {
    id: stringOf(from["id"]),
    host: stringOf(from["host"]),
    state: stringOf(from["state"]),
    cores: numberOf(from["cores"]),
    coresUsed: numberOf(from["coresused"]),
    memoryMegabytes: numberOf(from["memory"]),
    memoryUsedMegabytes: numberOf(from["memoryused"]),
  };
}

function readApplication(from: Fields): SparkApplication {
  return {
    id: stringOf(from["id"]),
    name: stringOf(from["name"]),
    state: stringOf(from["state"]),
    cores: numberOf(from["cores"]),
    user: stringOf(from["user"]),
    startedAtMs: numberOf(from["starttime"]),
    durationMs: numberOf(from["duration"]),
  };
}

function readDriver(from: Fields): SparkDriver {
  return {
    id: stringOf(from["id"]),
    state: stringOf(from["state"]),
    mainClass: stringOf(from["mainclass"]),
    // The master writes this one as a text.
    startedAtMs: Number(from["starttime"]) || 0,
  };
}

function listOf<T>(value: unknown, read: (from: Fields) => T): readonly T[] {
  return Array.isArray(value) ? value.map((each) => read(each as Fields)) : [];
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
