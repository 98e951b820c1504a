import type { Micros } from "../model/instant.ts";
import type { BackfillState } from "./backfills.ts";

/** Something that was committed. */
export type FeedEvent =
  | {
      readonly kind: "run";
      readonly dagId: string;
      readonly runId: number;
      readonly runKey: string;
      /** Each change of a run has the next one. */
      readonly version: number;
      readonly at: Micros;
      /** JSON text, as in {@link RunChangeRow}. */
      readonly changes: string;
    }
  /** A run is gone with all that it had. */
  | {
      readonly kind: "runsDeleted";
      readonly dagId: string;
      readonly runs: readonly { readonly runId: number; readonly runKey: string }[];
    }
  /** A new version, another state of its switch, its file came or went. */
  | {
      readonly kind: "dag";
      readonly dagId: string;
      readonly paused?: boolean;
      readonly active?: boolean;
      readonly version?: number;
      readonly deleted?: true;
    }
  /** The list of files that cannot be loaded is another. */
  | { readonly kind: "importErrors" }
  | { readonly kind: "asset"; readonly uri: string; readonly eventId: number }
  | { readonly kind: "backfill"; readonly dagId: string; readonly backfillId: number; readonly state: BackfillState };

/** An event and the place right after it: who goes on from there misses nothing and hears nothing twice. */
export interface PlacedEvent {
  readonly place: string;
  readonly event: FeedEvent;
}

/** A part of the feed. */
export interface FeedPage {
  readonly events: readonly PlacedEvent[];
  /** Where to read on; moves although nothing happened. */
  readonly place: string;
  /** True when more is there already, or about to be: transactions are open that others wait for. */
  readonly isMoreComing: boolean;
}

/** Everything that was committed, in one order that never changes afterwards. An hour of it is kept. */
export interface ChangeFeed {
  /** The end of the feed as it is now. */
  end(): Promise<string>;
  /**
   * What came after a place, at most `limit` events.
   *
   * @returns undefined when the place is none of this feed, or what followed it is not kept any more.
   */
  read(place: string, limit: number): Promise<FeedPage | undefined>;
  /** Both are places of this feed. */
  isBefore(place: string, other: string): boolean;
  /** Calls `wake` when there may be more, and from time to time without a reason. @returns stop */
  listen(wake: () => void): Promise<() => Promise<void>>;
}
