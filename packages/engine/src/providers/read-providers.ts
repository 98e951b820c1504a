import type { ProviderDescription } from "@millrace/core";
import { childEnvironment } from "../executors/local/child-environment.ts";
import { askProviderProcess, type ProcessEnd } from "./ask-provider-process.ts";

/** Importing one provider takes no longer. */
const READ_MS = 20_000;

/** A provider as its module tells of it, or why it does not. */
export type ReadProvider =
  { readonly ok: true; readonly provider: ProviderDescription } | { readonly ok: false; readonly message: string };

/** What of the environment the code of providers may see. */
export interface ProviderEnvironment {
  /** An allow-list of this. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names beside the usual ones. */
  readonly environmentNames: readonly string[];
}

/**
 * Reads providers in a short-lived process: their code never runs in this one. One that ends the process, or never ends, costs the others nothing but time.
 *
 * @param entries URLs of the modules that export them. @returns one for each
 */
export async function readProviders(
  entries: readonly string[],
  { environment, environmentNames }: ProviderEnvironment,
): Promise<ReadonlyMap<string, ReadProvider>> {
  const found = new Map<string, ReadProvider>();
  for (let left = [...entries]; left.length > 0; left = entries.filter((entry) => !found.has(entry))) {
    const end = await askProviderProcess(
      { k: "read", entries: left },
      {
        environment: childEnvironment(environment, environmentNames),
        silentMs: READ_MS,
        onAnswer: (answer) => {
          if (answer.k === "provider") found.set(answer.entry, { ok: true, provider: answer.provider });
          if (answer.k === "unreadable") found.set(answer.entry, { ok: false, message: answer.message });
        },
      },
    );
    // They are read in order: the first without an answer is the one that ended it. A process that ends by itself may have told of the one that made it so.
    const guilty = left.find((entry) => !found.has(entry));
    if (guilty !== undefined && (end.kind !== "done" || guilty === left[0]))
      found.set(guilty, { ok: false, message: whyNot(end) });
  }
  return found;
}

function whyNot(end: ProcessEnd): string {
  switch (end.kind) {
    case "done":
      return "importing it ends the process";
    case "late":
      return `importing it takes longer than ${READ_MS / 1_000} s`;
    case "died":
      return end.how;
    default:
      throw new Error(`unreachable: ${end satisfies never}`);
  }
}
