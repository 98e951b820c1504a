import type { Category } from "./domain-record.ts";

/** What was counted while one source was read. Grows during the reading; read it afterwards. */
export interface SourceTally {
  lines: number;
  /** Entries that the parser accepted. */
  fetched: number;
  /** Distinct clean domains: the records that the source yields. */
  valid: number;
  /** Entries that are not valid domains, before or after cleaning, and lines over the length limit. */
  invalid: number;
  duplicates: number;
  /** True when the limit of domains per source ended the reading early. */
  truncated: boolean;
}

/** A tally that has counted nothing. */
export function emptyTally(): SourceTally {
  return { lines: 0, fetched: 0, valid: 0, invalid: 0, duplicates: 0, truncated: false };
}

/** What became of one source in a run. */
export type SourceOutcome =
  | {
      readonly kind: "done";
      readonly source: string;
      readonly category: Category;
      readonly tally: SourceTally;
      /** Records now in the log, by this try or by an earlier one of the same run. */
      readonly published: number;
      readonly alreadyPublished: boolean;
      readonly rejected: number;
    }
  | {
      readonly kind: "failed";
      readonly source: string;
      readonly category: Category;
      readonly error: string;
      readonly message: string;
    };

/** The counts of a run, over all its sources. */
export interface RunStatistics {
  /** Sources that yielded at least one record. */
  readonly sources_processed: number;
  readonly sources_failed: number;
  readonly domains_fetched: number;
  readonly domains_validated: number;
  readonly domains_published: number;
  readonly validation: {
    readonly total: number;
    readonly valid: number;
    readonly invalid: number;
    readonly duplicates: number;
  };
}

/** Published records by category and by source. */
export interface PublishStats {
  readonly overall: { readonly malware: number; readonly ads_trackers: number; readonly total: number };
  readonly by_source: Readonly<Record<string, number>>;
}

/** What a run of the ingestion answers. */
export interface RunResult {
  readonly status: "success";
  readonly batch_id: string;
  readonly statistics: RunStatistics;
  readonly publish_stats: PublishStats;
  /** One entry per source that failed; empty when all went well. */
  readonly failures: readonly { readonly source: string; readonly error: string; readonly message: string }[];
}

/** Adds up the outcomes of all sources. A failed source is counted and named; it does not change `status`. */
export function runResult(batchId: string, outcomes: readonly SourceOutcome[]): RunResult {
  const done = outcomes.filter((outcome) => outcome.kind === "done");
  const sum = (pick: (outcome: (typeof done)[number]) => number): number =>
    done.reduce((total, outcome) => total + pick(outcome), 0);
  const publishedIn = (category: Category): number =>
    sum((outcome) => (outcome.category === category ? outcome.published : 0));
  const valid = sum(({ tally }) => tally.valid);
  const invalid = sum(({ tally }) => tally.invalid);
  const duplicates = sum(({ tally }) => tally.duplicates);
  const published = sum((outcome) => outcome.published);
  return {
    status: "success",
    batch_id: batchId,
    statistics: {
      sources_processed: done.filter(({ tally }) => tally.valid > 0).length,
      sources_failed: outcomes.length - done.length,
      domains_fetched: sum(({ tally }) => tally.fetched),
      domains_validated: valid,
      domains_published: published,
      validation: { total: valid + invalid + duplicates, valid, invalid, duplicates },
    },
    publish_stats: {
      overall: { malware: publishedIn("malware"), ads_trackers: publishedIn("ads_trackers"), total: published },
      by_source: Object.fromEntries(
        outcomes.map((outcome) => [outcome.source, outcome.kind === "done" ? outcome.published : 0]),
      ),
    },
    failures: outcomes.flatMap((outcome) =>
      outcome.kind === "failed" ? [{ source: outcome.source, error: outcome.error, message: outcome.message }] : [],
    ),
  };
}
