import { isMillraceError, parseDuration, readSignal, type Cause, type Duration, type Outcome } from "@millrace/core";

const MAX_STACK_CHARS = 16_000;
const MAX_MESSAGE_CHARS = 4_000;

/** What a thrown value says to people (R8). Never throws, whatever was thrown. */
export function causeOf(thrown: unknown): Cause {
  if (!(thrown instanceof Error))
    return { code: "TASK_FAILED", message: cut(`threw ${describe(thrown)}`, MAX_MESSAGE_CHARS) };
  const message = cut(`${String(thrown.name)}: ${String(thrown.message)}`, MAX_MESSAGE_CHARS);
  return {
    code: isMillraceError(thrown) ? thrown.code : "TASK_FAILED",
    message,
    stack: cut(fullStack(thrown), MAX_STACK_CHARS),
  };
}

/** How a try ended whose code threw `thrown`. Deferrals are not handled here. Never throws. */
export function outcomeOfError(thrown: unknown): Outcome {
  const signal = readSignal(thrown);
  switch (signal?.kind) {
    case "skip":
      return { kind: "skipped", cause: { code: "SKIPPED", message: signal.reason } };
    case "permanent":
      return { kind: "failed", cause: causeOf(thrown), retry: "never" };
    case "retryAfter":
      return retryAfter(thrown, signal.after);
    case "defer":
    case undefined:
      return { kind: "failed", cause: causeOf(thrown), retry: "policy" };
    default:
      throw new Error(`unreachable: ${JSON.stringify(signal satisfies never)}`);
  }
}

/** The delay may have come from outside, an HTTP header for example: one that is none must not keep the try from ending. */
function retryAfter(thrown: unknown, after: Duration): Outcome {
  try {
    return { kind: "failed", cause: causeOf(thrown), retry: parseDuration(after) };
  } catch (error) {
    const { message, ...cause } = causeOf(thrown);
    return { kind: "failed", cause: { ...cause, message: `${message} (${causeOf(error).message})` }, retry: "policy" };
  }
}

function fullStack(error: Error): string {
  const parts: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    parts.push(`${depth === 0 ? "" : "caused by "}${String(at.stack ?? at.message)}`);
  }
  return parts.join("\n");
}

function describe(thrown: unknown): string {
  try {
    return typeof thrown === "string" ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    // A cycle, a getter that throws: its kind is all that can be said.
    return Object.prototype.toString.call(thrown);
  }
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
