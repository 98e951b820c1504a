export { dagsFor, may, type Caller } from "./access/caller.ts";
export { createServer, type ServerOptions } from "./create-server.ts";
export { Problem } from "./http/problem.ts";
export type { Authenticate } from "./http/serve-route.ts";
export type { CommandSender, ServerPorts } from "./ports.ts";
export type { ServerSettings } from "./settings.ts";
export { replayDelivery, type Replayed } from "./webhooks/replay-delivery.ts";
export { signDelivery } from "./webhooks/signed-text.ts";
export type { WebhookPorts } from "./webhooks/webhook-ports.ts";
