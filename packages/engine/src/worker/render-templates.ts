import { MillraceError } from "@millrace/core";
import type { RunContextParts } from "./try-context.ts";
import type { TryDetails } from "./run-try.ts";
import type { WorkerTools } from "./worker-tools.ts";

/** Makes the function that renders Jinja texts for one try or callback. */
export function createRenderer(_ctx: RunContextParts, _around: { readonly tools: WorkerTools; readonly details?: TryDetails }): (text: string) => Promise<string> {
  return async (text) => {
    if (!text.includes("{")) return text;
    throw new MillraceError("BAD_TEMPLATE", `cannot render ${text}`);
  };
}
