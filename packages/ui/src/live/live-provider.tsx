import type { StreamEvent } from "@millrace/api";
import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { useSession } from "../app/session-context.tsx";
import { followServer } from "./follow-server.ts";
import { concerns, type LiveTopic } from "./topics.model.ts";

/** A busy server commits hundreds of times a second; a screen is read again this often at most, in milliseconds. */
const READ_AGAIN_MS = 400;

const Connected = createContext<boolean | undefined>(undefined);

/** Whether events arrive now; undefined before the first answer. */
export function useIsLive(): boolean | undefined {
  return useContext(Connected);
}

/** Has what is on the screen read again when the server tells of changes to it. There is no polling. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const [isConnected, setConnected] = useState<boolean>();
  // As it was before the first page was read; that the session is read again later changes nothing.
  const [after] = useState(useSession().lastEventId);
  useEffect(() => {
    const reader = makeReader(queries);
    const stop = followServer({
      ...(after !== undefined && { after }),
      onEvent: reader.hear,
      onConnection: setConnected,
    });
    return () => {
      stop();
      reader.stop();
    };
  }, [queries, after]);
  return <Connected value={isConnected}>{children}</Connected>;
}

/** Collects events, and reads again what they concern: not while it is being read, and what asks for calm (`calmMs`) not so soon after the last time. */
function makeReader(queries: QueryClient): { readonly hear: (event: StreamEvent) => void; readonly stop: () => void } {
  const cache = queries.getQueryCache();
  const waiting = new Set<string>();
  let events: StreamEvent[] = [];
  let eventTimer: ReturnType<typeof setTimeout> | undefined;
  let calmTimer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(eventTimer);
    clearTimeout(calmTimer);
    eventTimer = undefined;
  };
  const readAgain = (): void => {
    stop();
    const heard = events;
    events = [];
    for (const { queryHash } of cache.findAll({ predicate: (query) => isConcerned(query, heard) }))
      waiting.add(queryHash);
    const waits = new Map([...waiting].map((queryHash) => [queryHash, waitOf(cache.get(queryHash))] as const));
    const isDue = ({ queryHash }: Query): boolean => waits.get(queryHash) === 0;
    for (const [queryHash, wait] of waits) if (wait === 0) waiting.delete(queryHash);
    if (waiting.size > 0)
      calmTimer = setTimeout(readAgain, Math.min(...[...waits.values()].filter((wait) => wait > 0)));
    void queries.invalidateQueries({ predicate: isDue }, { cancelRefetch: false });
  };
  return {
    hear: (event) => {
      events.push(event);
      eventTimer ??= setTimeout(readAgain, READ_AGAIN_MS);
    },
    stop,
  };
}

/** For how many milliseconds a reading is left alone. One that is on its way began before the event: it is left to end, and done again. */
function waitOf(query: Query | undefined): number {
  if (query === undefined) return 0;
  if (query.state.fetchStatus === "fetching") return READ_AGAIN_MS;
  const calmMs = (query.meta?.["calmMs"] as number | undefined) ?? 0;
  return Math.max(0, query.state.dataUpdatedAt + calmMs - Date.now());
}

function isConcerned(query: Query, events: readonly StreamEvent[]): boolean {
  const topic = query.meta?.["live"] as LiveTopic | undefined;
  return topic !== undefined && events.some((event) => concerns(topic, event));
}
