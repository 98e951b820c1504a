import type { Body, BuiltDag, Dispatch, EncodedValue, GraphTask } from "@millrace/core";
import type { TryContext } from "./try-context.ts";
import type { TryScope } from "./try-scope.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** What a report says of a try beside its outcome. */
export interface TryDetails {
  /** Rendered template fields as JSON text. */
  rendered?: string;
  mapName?: string;
}

/** What a try needs of the process around it. */
export interface TryAround {
  readonly tools: WorkerTools;
  readonly scope: TryScope;
  readonly details: TryDetails;
  /** Resolves when the engine has committed that the try runs. */
  readonly whenCommitted: () => Promise<void>;
  /** Tells that it waits for a code trigger and needs no slot meanwhile. @returns false when it keeps its slot all the same. */
  readonly setWaiting: (waiting: boolean) => boolean;
}

/** State of a sensor or deferral between two dispatches of a try. */
export interface Resume {
  readonly looks?: number;
  readonly state?: unknown;
  /** It was a deferral: `ctx.resumed` is set. */
  readonly deferred?: true;
  /** What a code trigger returned. */
  readonly event?: EncodedValue;
}

/** One try while its code runs. */
export interface RunningBody {
  readonly dispatch: Dispatch;
  readonly dag: BuiltDag;
  readonly task: GraphTask;
  readonly body: Body;
  readonly ctx: TryContext;
  readonly around: TryAround;
  readonly resume: Resume;
}

/** The resume text of a dispatch. */
export function readResume(text: string | undefined): Resume {
  return text === undefined || text === "" ? {} : (JSON.parse(text) as Resume);
}
