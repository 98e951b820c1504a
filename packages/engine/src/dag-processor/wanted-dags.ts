import type { FoundFile } from "@millrace/core";
import type { LoadOptions } from "./make-loaders.ts";

/** Who wants certain DAGs is a command that somebody waits for; nearly all files load in a few milliseconds. */
const SLOW_LOAD_MS = 500;

/** True when the files declare all the wanted DAGs; false when nothing certain is wanted. */
export function hasDags(files: readonly FoundFile[], dagIds: readonly string[] | undefined): boolean {
  if (dagIds === undefined) return false;
  const declared = new Set(files.flatMap(({ dags }) => dags.map((dag) => dag.dagId)));
  return dagIds.every((dagId) => declared.has(dagId));
}

/** When certain DAGs are wanted, others are soon taken for slow. */
export function withLimitsFor<Options extends LoadOptions>(
  dagIds: readonly string[] | undefined,
  options: Options,
): Options {
  return dagIds === undefined ? options : { ...options, slowLoadMs: options.slowLoadMs ?? SLOW_LOAD_MS };
}
