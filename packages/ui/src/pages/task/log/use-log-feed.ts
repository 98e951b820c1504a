import { useEffect, useMemo, useSyncExternalStore } from "react";
import { LogFeed, type FeedState, type LogOf } from "./log-feed.ts";

/** Reads the log of a try for as long as it is shown. */
export function useLogFeed(of: LogOf, isLive: boolean): { readonly feed: LogFeed; readonly state: FeedState } {
  const { runId, taskId, mapIndex, tryNumber } = of;
  const feed = useMemo(
    () => new LogFeed({ runId, taskId, mapIndex, tryNumber }, false),
    [runId, taskId, mapIndex, tryNumber],
  );
  useEffect(() => feed.setLive(isLive), [feed, isLive]);
  useEffect(() => feed.start(), [feed]);
  return { feed, state: useSyncExternalStore(feed.subscribe, feed.snapshot) };
}
