import type {
  CallbackAnswer,
  CallbackDispatch,
  Dispatch,
  Report,
  SystemRules,
  TemplateConfiguration,
  WorkerCalls,
} from "@millrace/core";
import type { TracingSetup } from "../tracing/tracers.ts";

// Between an executor and its worker processes: lists of messages over IPC, as JSON. Many per send: the fixed cost of a send is larger than that
// of a light task.

/** What a worker process is told once, at its start. */
export interface WorkerSetup {
  readonly workerId: string;
  readonly host: string;
  readonly dataFolder: string;
  /** Unique prefix of this process's log segments. */
  readonly segmentPrefix: string;
  readonly clockOffsetMicros: number;
  readonly limits: WorkerLimits;
  readonly rules: SystemRules;
  readonly configuration: TemplateConfiguration;
  /** Absent where nobody traces. */
  readonly tracing?: TracingSetup;
}

/** Bounds inside a worker process. */
export interface WorkerLimits {
  /** A try is given so long to end after its AbortSignal fired. */
  readonly graceMs: number;
  /** Largest result that stays in the database. */
  readonly inlineBytes: number;
  readonly maxResultBytes: number;
  /** Bundles kept loaded. */
  readonly bundles: number;
  readonly logSegmentBytes: number;
  readonly logBurstLines: number;
  readonly logLinesPerSecond: number;
  readonly logMaxBytes: number;
}

/** Executor → worker. */
export type ToWorker =
  | { readonly k: "setup"; readonly setup: WorkerSetup }
  | { readonly k: "run"; readonly dispatch: Dispatch }
  | { readonly k: "callback"; readonly callback: CallbackDispatch }
  | { readonly k: "stop"; readonly dispatchId: string; readonly reason: string }
  /** `running` is committed for this dispatch: its code may start (R9). */
  | { readonly k: "started"; readonly dispatchId: string }
  | { readonly k: "answer"; readonly call: number; readonly value?: unknown; readonly error?: WireError }
  | { readonly k: "ping"; readonly n: number; readonly clockOffsetMicros: number };

/** Worker → executor. */
export type FromWorker =
  | { readonly k: "ready" }
  | { readonly k: "report"; readonly report: Report }
  /** The try was decided but its code still runs: the process takes no new work and ends when its other tries have (abandon first, kill last). */
  | { readonly k: "abandoned"; readonly dispatchId: string }
  /** It waits for a code trigger and needs no slot; or it needs one again. */
  | { readonly k: "waiting"; readonly dispatchId: string; readonly waiting: boolean }
  | { readonly k: "callback"; readonly callbackId: string; readonly answer: CallbackAnswer }
  | { readonly k: "call"; readonly call: number; readonly method: CallMethod; readonly args: readonly unknown[] }
  /** An error that belongs to no try: nobody knows what it broke, the process should be replaced. */
  | { readonly k: "tainted"; readonly message: string }
  | { readonly k: "pong"; readonly n: number; readonly rssBytes: number };

/** What a worker may ask of the engine. */
export type CallMethod = keyof WorkerCalls;

/** An error that crossed a process border. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

/** Where a bundle's code lies on this host, and the DAG file it was made from. */
export interface BundlePlace {
  readonly codeFile: string;
  readonly dagFile: string;
}
