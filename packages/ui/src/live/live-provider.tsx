import type { StreamEvent } from "@millrace/api";
import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
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
  useEffect(() => {
    const reader = makeReader(queries);
    const stop = followServer({ onEvent: reader.hear, onConnection: setConnected });
    return () => {
      stop();
      reader.stop();
    };
  }, [queries]);
  return <Connected value={isConnected}>{children}</Connected>;
}

/** Collects events, and reads again what they concern, never twice at once. */
function makeReader(queries: QueryClient): { readonly hear: (event: StreamEvent) => void; readonly stop: () => void } {
  let waiting: StreamEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const readAgain = (): void => {
    const events = waiting;
    waiting = [];
    timer = undefined;
    const isStale = (query: Query): boolean => {
      const topic = query.meta?.["live"] as LiveTopic | undefined;
      return topic !== undefined && events.some((event) => concerns(topic, event));
    };
    // A reading that is on its way began before these events: it is left to end, and done again.
    void queries.invalidateQueries({ predicate: isStale }, { cancelRefetch: false });
  };
  return {
    hear: (event) => {
      waiting.push(event);
      timer ??= setTimeout(readAgain, READ_AGAIN_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
