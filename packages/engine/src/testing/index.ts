export { compileBundle } from "./compile-bundle.ts";
export { isMapped, storeOfGiven, type GivenValues } from "./given-results.ts";
export type { Execution } from "./in-process-executor.ts";
export { MemoryEngine, type CommitInfo } from "./memory-engine.ts";
export type { MemoryRun } from "./memory-run.ts";
export { readStored } from "../worker/stored-values.ts";
export { tryDispatch, type TriedDispatch } from "./try-dispatch.ts";
export { tryPage, type TriedPage } from "./try-page.ts";
