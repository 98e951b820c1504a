import type { StreamEvent } from "@millrace/api";
import { client } from "../server/client.ts";

const CHANNEL = "millrace-events";
const LOCK = "millrace-events";

/** What tabs of one browser tell each other. */
type Told = { readonly event: StreamEvent } | { readonly isConnected: boolean } | { readonly asks: true };

/** Who hears of what the server commits, and from where on. */
export interface LiveListener {
  /** Id of the last event before anything was read; default: from now on. */
  readonly after?: string;
  readonly onEvent: (event: StreamEvent) => void;
  readonly onConnection: (isConnected: boolean) => void;
}

/**
 * Follows the server's event stream. Tabs of a browser share one stream, because browsers open only six connections to a server: the tab that holds the lock
 * follows and tells the others; when it closes, another one takes over and reads everything again, since it may have missed something between.
 *
 * @returns what ends it
 */
export function followServer(listener: LiveListener): () => void {
  const ending = new AbortController();
  const channel = new BroadcastChannel(CHANNEL);
  let connection: boolean | undefined;
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if ("event" in data) listener.onEvent(data.event);
    else if ("isConnected" in data) listener.onConnection(data.isConnected);
    else if (connection !== undefined) channel.postMessage({ isConnected: connection } satisfies Told);
  };
  const follow = async (): Promise<void> => {
    const onConnection = (isConnected: boolean): void => {
      connection = isConnected;
      listener.onConnection(isConnected);
      channel.postMessage({ isConnected } satisfies Told);
    };
    try {
      const from = listener.after === undefined ? {} : { after: listener.after };
      for await (const { event } of client.events({ ...from, signal: ending.signal, onConnection })) {
        listener.onEvent(event);
        channel.postMessage({ event } satisfies Told);
      }
    } catch {
      // Refused: no login, or no right to see DAGs. Whoever reads something is told so.
      if (!ending.signal.aborted) onConnection(false);
    }
  };
  channel.postMessage({ asks: true } satisfies Told);
  void lead(ending.signal, async (hasWaited) => {
    if (hasWaited) listener.onEvent({ type: "reset" });
    await follow();
  });
  return () => {
    ending.abort();
    channel.close();
  };
}

/** Runs `work` while no other tab does. Without locks (plain HTTP from another host) each tab does it for itself. */
async function lead(signal: AbortSignal, work: (hasWaited: boolean) => Promise<void>): Promise<void> {
  if (!("locks" in navigator)) return await work(false);
  const isFree = await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock && !signal.aborted) await work(false);
    return lock !== null;
  });
  if (isFree || signal.aborted) return;
  await navigator.locks.request(LOCK, { signal }, () => work(true)).catch(() => undefined);
}
