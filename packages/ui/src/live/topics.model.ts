import type { StreamEvent } from "@millrace/api";

/** What a reading shows, so that events about it have it read again. A narrower topic hears of less. */
export type LiveTopic =
  | { readonly about: "runs"; readonly dagId?: string; readonly runId?: number }
  | { readonly about: "dags"; readonly dagId?: string }
  | { readonly about: "importErrors" }
  | { readonly about: "assets"; readonly uri?: string }
  | { readonly about: "backfills"; readonly dagId?: string }
  /** Several of them. */
  | { readonly about: "any"; readonly of: readonly LiveTopic[] };

const fits = <T>(wanted: T | undefined, given: T): boolean => wanted === undefined || wanted === given;

/** Whether an event may have changed what a topic names. `reset` may have changed everything. */
export function concerns(topic: LiveTopic, event: StreamEvent): boolean {
  if (event.type === "reset") return true;
  switch (topic.about) {
    case "runs":
      if (event.type === "run") return fits(topic.dagId, event.dagId) && fits(topic.runId, event.runId);
      if (event.type !== "runsDeleted" || !fits(topic.dagId, event.dagId)) return false;
      return topic.runId === undefined || event.runs.some(({ runId }) => runId === topic.runId);
    case "dags":
      return event.type === "dag" && fits(topic.dagId, event.dagId);
    case "importErrors":
      return event.type === "importErrors";
    case "assets":
      return event.type === "asset" && fits(topic.uri, event.uri);
    case "backfills":
      return event.type === "backfill" && fits(topic.dagId, event.dagId);
    case "any":
      return topic.of.some((each) => concerns(each, event));
    default:
      throw new Error(`unreachable: ${JSON.stringify(topic satisfies never)}`);
  }
}
