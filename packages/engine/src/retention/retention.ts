// Retention works beside the ticks of a live scheduler, one scheduler at a time. What is killed in the middle goes on with the next round: everything that is
// left to do is found again from the rows (run_removal) and the files.
import {
  type BlobStore,
  type ExpiredRun,
  type Micros,
  type RemovedRows,
  type RetentionPolicy,
  type RetentionStore,
  type RunLimits,
} from "@millrace/core";
import type { EngineLog } from "../scheduler/tick-state.ts";
import { isUnavailable } from "../scheduler/until-answered.ts";
import { ArchiveFolder } from "./archive-folder.ts";
import { removeUnusedBundles } from "./bundle-files.ts";
import { removeLogSegments } from "./log-segments.ts";

/** Runs that go in one transaction. */
const RUNS_AT_ONCE = 500;
const BLOBS_AT_ONCE = 500;
/** Rows of a partition whose runs go one after the other wait for the last of them: dropping the whole costs nothing. */
const PARTITION_PATIENCE_MICROS = 86_400_000_000;
/** Between two rounds, and before the first one. */
const ROUND_MS = 60_000;
const FIRST_ROUND_MS = 2_000;
/** Between two rounds of what reads more: versions, bundles and log segments. After many runs have gone it comes at once. */
const LARGE_ROUND_MS = 3_600_000;
const MANY_RUNS = 1_000;

/** What {@link Retention} works with. */
export interface RetentionOptions {
  readonly store: RetentionStore;
  readonly blobs: BlobStore;
  readonly dataFolder: string;
  /** For DAGs that say nothing else. */
  readonly policy: RetentionPolicy;
  /** Deliveries of webhooks are kept so long; null = for ever. */
  readonly webhookDeliveriesMicros: Micros | null;
  /** Entries of the audit are kept so long; null = for ever. */
  readonly auditMicros: Micros | null;
  /** Runs are written to files before they go. */
  readonly archive: boolean;
  readonly log: EngineLog;
  /** Who works: one scheduler at a time. */
  readonly schedulerId: () => number;
}

/** Removes what the policies of the DAGs do not keep. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #archives: ArchiveFolder;
  readonly #known = new Map<string, { readonly version: number; readonly policy: Partial<RetentionPolicy> }>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;
  #largeRoundAtMs = -Infinity;
  #removedSinceLarge = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#archives = new ArchiveFolder({ store: options.store, dataFolder: options.dataFolder });
  }

  /** Begins; the first round comes at once. */
  start(): void {
    this.#arm(FIRST_ROUND_MS);
  }

  /** Ends after the step that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** One round: everything that is due now, in bounded steps. */
  async round(): Promise<void> {
    const { store, schedulerId } = this.#options;
    const holder = schedulerId();
    if (!(await store.claim(holder))) return;
    try {
      await this.#workThrough();
    } finally {
      await store.release(holder);
    }
  }

  async #workThrough(): Promise<void> {
    const policies = await this.#policies();
    await this.#archives.settleDrafts();
    await this.#removeRuns(limitsOf(policies, ({ runsMicros, maxRuns }) => [runsMicros, maxRuns]));
    await this.#clearAway();
    await this.#removeDeliveries();
    await this.#removeAudit();
    await this.#whileMore(() => this.#options.store.removeAnswers());
    await this.#whileMore(() => this.#options.store.foldTotals());
    const isDue = performance.now() - this.#largeRoundAtMs >= LARGE_ROUND_MS;
    if (!isDue && this.#removedSinceLarge < MANY_RUNS) return;
    this.#largeRoundAtMs = performance.now();
    this.#removedSinceLarge = 0;
    await this.#largeRound(limitsOf(policies, ({ logsMicros, maxRunsWithLogs }) => [logsMicros, maxRunsWithLogs]));
  }

  #arm(ms: number): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.round()
        .catch((error: unknown) => {
          const event = isUnavailable(error) ? "database does not answer" : "a round of retention failed";
          this.#options.log.warn({ what: "retention", error: String(error) }, event);
        })
        .finally(() => this.#arm(ROUND_MS));
    }, ms);
    this.#timer.unref();
  }

  /** What each DAG says; graphs are read once per version. */
  async #policies(): Promise<ReadonlyMap<string, RetentionPolicy>> {
    const known = new Map([...this.#known].map(([dagId, { version }]) => [dagId, version]));
    const dags = await this.#options.store.dagRetentions(known);
    const policies = new Map<string, RetentionPolicy>();
    for (const { dagId, version, retention } of dags) {
      if (retention) this.#known.set(dagId, { version, policy: retention });
      policies.set(dagId, { ...this.#options.policy, ...this.#known.get(dagId)?.policy });
    }
    for (const dagId of this.#known.keys()) if (!policies.has(dagId)) this.#known.delete(dagId);
    return policies;
  }

  async #removeRuns(limits: readonly RunLimits[]): Promise<void> {
    const { store, log, schedulerId } = this.#options;
    if (limits.length === 0) return;
    for (;;) {
      const expired = await store.findExpired(limits, RUNS_AT_ONCE);
      if (expired.length === 0 || this.#isStopping || !(await store.claim(schedulerId()))) return;
      const removed = await this.#removeSome(expired);
      this.#removedSinceLarge += removed.size;
      log.info({ runs: removed.size }, "expired runs removed");
      // Those that stay were cleared just now: they are not found again, or by the next round.
      if (removed.size < expired.length) return;
    }
  }

  async #removeDeliveries(): Promise<void> {
    const { store, log, webhookDeliveriesMicros } = this.#options;
    const deliveries = await store.removeDeliveries(webhookDeliveriesMicros);
    if (deliveries > 0) log.info({ deliveries }, "old deliveries of webhooks removed");
  }

  async #removeAudit(): Promise<void> {
    const { store, log, auditMicros } = this.#options;
    if (auditMicros === null) return;
    const entries = await this.#whileMore(() => store.removeAudit(auditMicros));
    if (entries > 0) log.info({ entries }, "old audit entries removed");
  }

  /** The first time there may be millions: stopping does not wait for the last of them, and the turn is held. @returns how many went. */
  async #whileMore(step: () => Promise<RemovedRows>): Promise<number> {
    const { store, schedulerId } = this.#options;
    for (let removed = 0; ;) {
      const { rows, isMore } = await step();
      removed += rows;
      if (!isMore || this.#isStopping || !(await store.claim(schedulerId()))) return removed;
    }
  }

  async #removeSome(expired: readonly ExpiredRun[]): Promise<ReadonlySet<number>> {
    if (!this.#options.archive) return await this.#options.store.removeRuns(expired);
    const draft = await this.#archives.write(expired);
    const removed = await this.#options.store.removeRuns(expired);
    await this.#archives.finish(draft, removed);
    return removed;
  }

  /** What removed runs have left behind. */
  async #clearAway(): Promise<void> {
    const { store, blobs, log, schedulerId } = this.#options;
    const partitions = await store.dropPartitions();
    if (partitions > 0) log.info({ partitions }, "partitions without runs dropped");
    while (!this.#isStopping && (await store.sweepRows(PARTITION_PATIENCE_MICROS)) > 0)
      await store.claim(schedulerId());
    for (;;) {
      const runIds = await store.runsWithBlobs(BLOBS_AT_ONCE);
      if (runIds.length === 0 || this.#isStopping) return;
      for (const runId of runIds) await blobs.deleteBelow(`runs/${runId}`);
      await store.blobsGone(runIds);
    }
  }

  async #largeRound(logLimits: readonly RunLimits[]): Promise<void> {
    const { store, dataFolder, log } = this.#options;
    const { runsMicros } = this.#options.policy;
    // They belong to no DAG: what holds for all DAGs holds for them.
    if (runsMicros !== null) await store.removeOutsideEvents(runsMicros);
    const versions = await store.removeVersions();
    const bundles = await removeUnusedBundles({ store, dataFolder });
    const isStopping = (): boolean => this.#isStopping;
    const segments = await removeLogSegments({ store, dataFolder, limits: logLimits, isStopping });
    if (versions + bundles + segments > 0)
      log.info({ versions, bundles, segments }, "unused versions and logs removed");
  }
}

type Limits = readonly [age: Micros | null, maxRuns: number | null];

function limitsOf(
  policies: ReadonlyMap<string, RetentionPolicy>,
  pick: (policy: RetentionPolicy) => Limits,
): readonly RunLimits[] {
  return [...policies].flatMap(([dagId, policy]) => {
    const [ageMicros, maxRuns] = pick(policy);
    return ageMicros === null && maxRuns === null ? [] : [{ dagId, ageMicros, maxRuns }];
  });
}
