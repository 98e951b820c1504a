import { MillraceError } from "../errors.ts";
import type { Duration } from "../model/instant.ts";

/** Marks what a body throws on purpose; the same in every copy of the package. */
const SIGNAL = Symbol.for("millrace.signal");
const SKIP_VALUE = Symbol.for("millrace.skip");

/** Type of {@link SKIP}. */
export interface SkipValue {
  readonly [SKIP_VALUE]: true;
}

/** Returned by a body: this task instance is skipped and has no result. Same as `throw new Skip()`, but visible in the type. */
export const SKIP: SkipValue = Object.freeze({ [SKIP_VALUE]: true as const });

/** Ends the task instance as `skipped`, with the reason in its history. Never retried. */
export class Skip extends Error {
  override readonly name = "Skip";
  readonly [SIGNAL] = "skip";

  constructor(reason = "skipped by its code") {
    super(reason);
  }
}

/** Fails the task instance at once, whatever tries are left. */
export class Permanent extends Error {
  override readonly name = "Permanent";
  readonly [SIGNAL] = "permanent";
}

/** Fails this try and starts the next one after `after`, instead of the task's own delay. Uses up one of the tries. */
export class RetryAfter extends Error {
  override readonly name = "RetryAfter";
  readonly [SIGNAL] = "retryAfter";
  readonly after: Duration;

  constructor(after: Duration, reason = `try again after ${after}`, options?: ErrorOptions) {
    super(reason, options);
    this.after = after;
  }
}

/** Gives back the worker slot until `until`, or until the code trigger named `trigger` returns. The try goes on afterwards. */
export class Deferral extends Error {
  override readonly name = "Deferral";
  readonly [SIGNAL] = "defer";
  readonly request: DeferRequest;

  constructor(request: DeferRequest) {
    super("deferred");
    this.request = request;
  }
}

/** What a deferred task instance waits for. */
export type DeferRequest =
  /** A time: ISO 8601 with offset or `Z`. */
  | { readonly until: string; readonly state?: unknown }
  /** A length of time from now. */
  | { readonly for: Duration; readonly state?: unknown }
  /** A trigger that the operator or the task declares under `triggers`. Without a timeout it may wait for ever. */
  | { readonly trigger: string; readonly payload?: unknown; readonly timeout?: Duration; readonly state?: unknown };

/** What a thrown value asks for; see {@link readSignal}. */
export type Signal =
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "permanent"; readonly message: string }
  | { readonly kind: "retryAfter"; readonly after: Duration; readonly message: string }
  | { readonly kind: "defer"; readonly request: DeferRequest };

/** Ends the task instance as `skipped`. Never returns. */
export function skip(reason?: string): never {
  throw new Skip(reason);
}

/**
 * Gives back the worker slot and comes back later: the body is then called again from its start, in the same try, with
 * `ctx.resumed` set to what it waited for. Never returns.
 *
 * @param request a time (`until`), a length of time (`for`), or a declared code trigger (`trigger`, JSON `payload`, `timeout`).
 *   `state` (JSON) comes back as `ctx.resumed.state`.
 */
export function defer(request: DeferRequest): never {
  throw new Deferral(request);
}

/** True for {@link SKIP} of any copy of the package. */
export function isSkip(value: unknown): value is SkipValue {
  return typeof value === "object" && value !== null && SKIP_VALUE in value;
}

/** What a thrown value asks for, or `undefined` for an ordinary error. Recognises signals of any copy of the package. */
export function readSignal(thrown: unknown): Signal | undefined {
  if (typeof thrown !== "object" || thrown === null || !(SIGNAL in thrown)) return undefined;
  const error = thrown as Error & {
    readonly [SIGNAL]: string;
    readonly after: Duration;
    readonly request: DeferRequest;
  };
  switch (error[SIGNAL]) {
    case "skip":
      return { kind: "skip", reason: error.message };
    case "permanent":
      return { kind: "permanent", message: error.message };
    case "retryAfter":
      return { kind: "retryAfter", after: error.after, message: error.message };
    case "defer":
      return { kind: "defer", request: error.request };
    default:
      throw new MillraceError(
        "BAD_ARGUMENT",
        `unknown signal ${error[SIGNAL]}: the DAG file was bundled with another version of millrace`,
      );
  }
}
