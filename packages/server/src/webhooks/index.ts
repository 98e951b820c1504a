// For programs that send and replay deliveries and receive none: none of this loads the HTTP server.
export { replayDelivery, type Replayed } from "./replay-delivery.ts";
export { signDelivery } from "./signed-text.ts";
