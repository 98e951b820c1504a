import { isSecret, type Context, type Duration, type RunContext, type Secret } from "@millrace/core";
import type { ContainerCreateOptions, MountSettings } from "dockerode";
import { sizeOf } from "./size-of.ts";

/** A folder, volume or memory that a container sees. */
export interface ContainerMount {
  /** `bind` (default): a path of the engine's machine. `volume`: a named volume. `tmpfs`: memory, without a source. */
  readonly type?: "bind" | "volume" | "tmpfs";
  readonly source?: string;
  /** Path in the container. */
  readonly target: string;
  readonly readOnly?: boolean;
}

/** What a container is, and how it ends. */
export interface ContainerPlan {
  /** With tag or digest: `busybox:1.36`. */
  readonly image: string;
  /** A text for the container's `sh`, or a program and its arguments. Default: what the image says. */
  readonly command?: string | readonly string[];
  /** In place of the image's. */
  readonly entrypoint?: readonly string[];
  /** Secrets are revealed to the container only; whoever may ask the engine can read them. */
  readonly env?: Readonly<Record<string, string | Secret>>;
  /** Folder in the container. */
  readonly workingDir?: string;
  readonly mounts?: readonly ContainerMount[];
  /** Name of a network, `none` or `host`. Default: the engine's. */
  readonly network?: string;
  /** `512m`, `2g`. Default no limit. */
  readonly memory?: string;
  /** Processors, also parts of one: `0.5`. Default no limit. */
  readonly cpus?: number;
  /** `1000`, `1000:1000` or a name. Default: the image's. */
  readonly user?: string;
  /** Beside those of Millrace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** `missing` (default), `always` or `never`. */
  readonly pull?: "always" | "missing" | "never";
  /** When it has ended: `always` (default), `success` keeps one that failed, `never`. */
  readonly remove?: "always" | "success" | "never";
  /** From its start; then it is ended and the try fails. Default none. */
  readonly timeout?: Duration;
  /** Between SIGTERM and SIGKILL, when it has to end. Default `3s`. */
  readonly grace?: Duration;
}

/** Which task instance a container belongs to. */
export type ContainerOwner = Pick<
  Context,
  "dagId" | "runId" | "taskId" | "mapIndex" | "tryNumber" | "tryId" | "logicalDate" | "dataInterval" | "traceparent"
>;

/** What the hook needs of the context of a task. */
export type DockerContext = Pick<RunContext, "connection" | "log" | "signal"> & ContainerOwner;

/** Label of the try; the others are the same for every try of a task instance. */
export const TRY_LABEL = "millrace.try-id";

/** By which the containers of a task instance are found. */
export function ownerLabels({ dagId, runId, taskId, mapIndex }: ContainerOwner): Readonly<Record<string, string>> {
  return {
    "millrace.dag": dagId,
    "millrace.run": runId,
    "millrace.task": taskId,
    "millrace.map-index": String(mapIndex),
  };
}

/** A plan in the words of the engine's API. @throws MillraceError BAD_ARGUMENT for a size that is none */
export function createOptions(plan: ContainerPlan, owner: ContainerOwner): ContainerCreateOptions {
  const { command, entrypoint, workingDir, user, network, memory, cpus, mounts = [] } = plan;
  const bytes = memory === undefined ? undefined : sizeOf(memory);
  return {
    Image: plan.image,
    ...(command !== undefined && { Cmd: typeof command === "string" ? ["sh", "-c", command] : [...command] }),
    ...(entrypoint !== undefined && { Entrypoint: [...entrypoint] }),
    Env: Object.entries({ ...toldOf(owner), ...plan.env }).map(
      ([name, value]) => `${name}=${isSecret(value) ? value.reveal() : value}`,
    ),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
    ...(user !== undefined && { User: user }),
    Labels: {
      ...plan.labels,
      ...ownerLabels(owner),
      "millrace.try": String(owner.tryNumber),
      [TRY_LABEL]: owner.tryId,
    },
    HostConfig: {
      Mounts: mounts.map(mountOf),
      ...(network !== undefined && { NetworkMode: network }),
      // Without swap: a limit that can be passed by it is none.
      ...(bytes !== undefined && { Memory: bytes, MemorySwap: bytes }),
      ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    },
  };
}

function mountOf({ type = "bind", source = "", target, readOnly = false }: ContainerMount): MountSettings {
  return { Type: type, Source: source, Target: target, ReadOnly: readOnly };
}

function toldOf(owner: ContainerOwner): Readonly<Record<string, string>> {
  return {
    MILLRACE_DAG_ID: owner.dagId,
    MILLRACE_RUN_ID: owner.runId,
    MILLRACE_TASK_ID: owner.taskId,
    MILLRACE_MAP_INDEX: String(owner.mapIndex),
    MILLRACE_TRY_NUMBER: String(owner.tryNumber),
    MILLRACE_TRY_ID: owner.tryId,
    MILLRACE_LOGICAL_DATE: owner.logicalDate,
    MILLRACE_DATA_INTERVAL_START: owner.dataInterval.start,
    MILLRACE_DATA_INTERVAL_END: owner.dataInterval.end,
    ...(owner.traceparent !== undefined && { TRACEPARENT: owner.traceparent }),
  };
}
