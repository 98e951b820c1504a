import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { killGroup } from "../executors/local/survivors.ts";
import type { ProviderAnswer, ProviderQuestion } from "./provider-protocol.ts";

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./provider-child.ts" : "./provider-child.js", import.meta.url),
);
/** Starting Node is not the provider's time. */
const START_MS = 60_000;

/** How a provider process is asked. */
export interface AskOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** From its start, and from each answer, it may be silent for so long. */
  readonly silentMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onAnswer: (answer: ProviderAnswer) => void;
}

/** How a provider process ended: by itself, killed for its silence, or in another way, as a sentence. */
export type ProcessEnd =
  { readonly kind: "done" } | { readonly kind: "late" } | { readonly kind: "died"; readonly how: string };

/**
 * Asks a process of its own, which ends with its answer, or is killed with all that it has started.
 *
 * @throws the signal's reason
 */
export async function askProviderProcess(
  question: ProviderQuestion,
  { environment, silentMs, signal, onAnswer }: AskOptions,
): Promise<ProcessEnd> {
  signal?.throwIfAborted();
  // What it prints might have secrets in it: nobody keeps it.
  const child = fork(ENTRY, [], {
    detached: true,
    env: environment,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const end = Promise.withResolvers<ProcessEnd>();
  const stop = (): void => end.resolve({ kind: "late" });
  let timer = setTimeout(stop, START_MS);
  signal?.addEventListener("abort", stop, { once: true });
  child.on("message", (message: ProviderAnswer) => {
    clearTimeout(timer);
    timer = setTimeout(stop, silentMs);
    if (message.k === "ready") child.send(question, () => undefined);
    else onAnswer(message);
  });
  child.once("error", (error) => end.resolve({ kind: "died", how: error.message }));
  child.once("close", (code, killedBy) => {
    const how = `its process was ended ${killedBy === null ? `with exit code ${code}` : `by ${killedBy}`}`;
    end.resolve(code === 0 ? { kind: "done" } : { kind: "died", how });
  });
  try {
    const ended = await end.promise;
    signal?.throwIfAborted();
    return ended;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    // It, and what it has started and left behind.
    if (child.pid !== undefined) killGroup(child.pid);
  }
}
