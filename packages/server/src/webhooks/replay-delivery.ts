import { randomUUID } from "node:crypto";
import { confOfBody, MillraceError, readBody, type Micros, type Webhooks } from "@millrace/core";
import { runKeyOf } from "./receive-delivery.ts";

/** A delivery that somebody wants once more. */
export interface Replay {
  readonly webhook: string;
  readonly deliveryId: string;
  /** Who, like `user:ada`, and from where. */
  readonly by: string;
  readonly from: string;
}

/** The run that a replay makes. */
export interface Replayed {
  readonly dagId: string;
  readonly runKey: string;
  /** Of the replay itself. */
  readonly deliveryId: string;
  readonly inboxId: number;
}

/**
 * Delivers once more what was delivered before, by the mapping of now. Neither signature nor repetition matters: somebody who may wants it.
 *
 * @throws MillraceError NOT_FOUND; CONFLICT when its body was not kept; DATA_REJECTED when it does not fit the schema of now
 */
export async function replayDelivery(
  { store, now }: { readonly store: Webhooks; readonly now: () => Micros },
  { webhook: name, deliveryId: replayOf, by, from }: Replay,
): Promise<Replayed> {
  const [present, old] = await Promise.all([store.find(name), store.findDelivery(name, replayOf)]);
  if (!old) throw missing(`the webhook ${name} has no delivery ${replayOf}`);
  if (!present) throw missing(`no DAG declares the webhook ${name} any more`);
  if (old.body === undefined)
    throw new MillraceError("CONFLICT", `the body of delivery ${replayOf} was not kept, so it cannot be replayed`);
  const deliveryId = randomUUID();
  const { dagId, webhook, params } = present;
  const conf = confOfBody(webhook, params, { body: readBody(old.body), headers: old.headers, deliveryId });
  const received = await store.receive({
    deliveryId,
    webhook: name,
    dagId,
    from,
    headers: old.headers,
    body: old.body,
    replayOf,
    runKey: runKeyOf(now(), deliveryId),
    conf: JSON.stringify(conf),
    by,
  });
  if (received.status !== "accepted") throw new Error("a replay has no key, so it is always accepted");
  return { dagId, deliveryId, runKey: received.runKey, inboxId: received.inboxId };
}

function missing(message: string): MillraceError {
  return new MillraceError("NOT_FOUND", message);
}
