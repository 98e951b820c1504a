// Between the server and the process that runs the code of pages: one computation at a time, over IPC, as JSON.
import type { Micros, NetworkRules, RecentInstance, RecentResult, RunAssetEvent, RunSummary } from "@millrace/core";
import type { WireError } from "../worker/protocol.ts";

/** One computation of a page. */
export interface PageRequest {
  readonly pageId: string;
  readonly bundleHash: string;
  /** The bundle's code; absent when this process has had it already. */
  readonly code?: string;
  /** The DAG file that the code was made from. */
  readonly file: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly now: Micros;
  readonly network: NetworkRules;
  /** Characters of its panels as JSON at most. */
  readonly maxChars: number;
}

/** What the code of a page may ask. */
export interface PageReads {
  variable(key: string): Promise<string | null>;
  /** URI or JSON text. */
  connection(id: string): Promise<string | null>;
  runs(question: {
    readonly dagId: string;
    readonly states?: readonly string[];
    readonly limit?: number;
  }): Promise<readonly RunSummary[]>;
  instances(question: {
    readonly dagId: string;
    readonly taskIds?: readonly string[];
    readonly states?: readonly string[];
    readonly runs?: number;
    readonly limit?: number;
  }): Promise<readonly RecentInstance[]>;
  results(question: {
    readonly dagId: string;
    readonly taskId: string;
    readonly key?: string;
    readonly limit?: number;
  }): Promise<readonly RecentResult[]>;
  assetEvents(question: { readonly uri: string; readonly limit?: number }): Promise<readonly RunAssetEvent[]>;
}

/** Server → page process. */
export type ToPageProcess =
  | { readonly k: "compute"; readonly request: PageRequest }
  | { readonly k: "answer"; readonly call: number; readonly value?: unknown; readonly error?: WireError };

/** Page process → server. */
export type FromPageProcess =
  | { readonly k: "ready" }
  | { readonly k: "call"; readonly call: number; readonly method: keyof PageReads; readonly args: readonly unknown[] }
  /** The panels as JSON. */
  | { readonly k: "made"; readonly json: string }
  | { readonly k: "failed"; readonly message: string }
  /** Its last words: user code ends the process. */
  | { readonly k: "ending"; readonly message: string };
