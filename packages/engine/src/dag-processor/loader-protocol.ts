import type { DueRun, PageInfo } from "@millrace/core";
import type { TemplateFile } from "./template-files.ts";

/** A bundle to load. One at a time. */
export interface LoadRequest {
  readonly file: string;
  readonly bundleHash: string;
  readonly code: string;
  /** How many next times a custom timetable is asked for. */
  readonly times: number;
}

/** A DAG that was loaded. `graph` is JSON. */
export interface LoadedDag {
  readonly dagId: string;
  readonly graph: string;
  readonly customTimes?: readonly DueRun[];
  readonly templates: readonly TemplateFile[];
}

/** An error of user code. `at` is `file:line:column` where the error itself names it. */
export interface LoadError {
  readonly message: string;
  readonly stack?: string;
  readonly at?: string;
  /** A file that it misses, or that is wrong. */
  readonly path?: string;
}

/** What a loader process says. */
export type FromLoader =
  | { readonly kind: "ready" }
  | {
      readonly kind: "loaded";
      readonly dags: readonly LoadedDag[];
      readonly pages: readonly PageInfo[];
      readonly errors: readonly LoadError[];
    }
  /** Its last words: user code ends the process. */
  | { readonly kind: "ending"; readonly error: LoadError };
