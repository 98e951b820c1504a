import { notifier, type Connection } from "@millrace/core";
import { openConsul } from "./open-consul.ts";

/** Options of {@link consulNotifier}. */
export interface ConsulNotifierOptions {
  /** A connection or its id. Default `consul_default`. */
  readonly connection?: Connection | string;
  readonly key: string;
}

/** Writes what has happened into a key of Consul: `onFailure: consulNotifier({ key: "alerts/orders" })`. */
export const consulNotifier = notifier({
  name: "consul",
  notify: async ({ connection = "consul_default", key }: ConsulNotifierOptions, ctx) => {
    await using consul = await openConsul(connection, { ctx });
    const { event, dagId, runId, taskId, reason } = ctx;
    await consul.put(key, JSON.stringify({ event, dagId, runId, taskId, reason }));
  },
});
