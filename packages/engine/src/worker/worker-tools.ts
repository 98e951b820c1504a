import type { BlobStore, SystemRules, TemplateConfiguration } from "@millrace/core";
import type { Clock } from "../clock.ts";
import type { BundleCache } from "./bundle-cache.ts";
import type { EngineClient } from "./engine-client.ts";
import type { ListCache } from "./list-cache.ts";
import type { WorkerLimits } from "./protocol.ts";
import type { TemplateCache } from "./template-cache.ts";
import type { SecretMask } from "./secret-mask.ts";

/** What every try and callback of a worker process shares. */
export interface WorkerTools {
  readonly client: EngineClient;
  readonly clock: Clock;
  readonly bundles: Pick<BundleCache, "find" | "load">;
  readonly secrets: SecretMask;
  readonly limits: WorkerLimits;
  readonly rules: SystemRules;
  /** What templates may read of the configuration. Default: nothing. */
  readonly configuration?: TemplateConfiguration;
  readonly blobs: BlobStore;
  readonly lists: ListCache;
  readonly templates: TemplateCache;
  /** Waits between two looks of a sensor that keeps its slot. @throws the signal's reason as soon as it fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}
