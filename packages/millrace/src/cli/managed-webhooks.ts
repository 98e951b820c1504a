import type { DeliveryInfo, Page, PageRequest, WebhookInfo, Webhooks } from "@millrace/core";

/** A webhook as commands list it. */
export type ListedWebhook = Pick<WebhookInfo, "dagId" | "paused" | "lastDeliveryAt"> & {
  readonly webhook: { readonly name: string; readonly signature: { readonly scheme: string } };
};

/** A delivery as commands list it. */
export type ListedDelivery = Omit<DeliveryInfo, "headers" | "body">;

/** A run that a delivery made once more. */
export interface ReplayedDelivery {
  readonly dagId: string;
  readonly runKey: string;
  /** Of the replay. */
  readonly deliveryId: string;
}

/** Webhooks as commands show them and deliver to them once more. */
export interface ManagedWebhooks extends Pick<Webhooks, "find" | "findDelivery"> {
  list(page: PageRequest): Promise<Page<ListedWebhook>>;
  listDeliveries(request: Parameters<Webhooks["listDeliveries"]>[0]): Promise<Page<ListedDelivery>>;
  /** Waits for its run. @throws MillraceError with the code of a refusal */
  replay(webhook: string, deliveryId: string): Promise<ReplayedDelivery>;
}
