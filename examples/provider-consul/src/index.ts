export { consulNotifier, type ConsulNotifierOptions } from "./consul-notifier.ts";
export { consulPut, type ConsulPutOptions } from "./consul-put.ts";
export { openConsul, type ConsulClient, type ConsulContext } from "./open-consul.ts";
export { waitForKey, type WaitForKeyOptions } from "./wait-for-key.ts";
