import { provider as defineProvider } from "@millrace/core";
import { CONSUL_TYPE } from "./connection-type.ts";
import { consulPut } from "./consul-put.ts";
import { waitForKey } from "./wait-for-key.ts";

/** Consul. */
export const provider = defineProvider({
  id: "consul",
  title: "Consul",
  doc: "The key-value store of Consul. It takes no locks and watches no services.",
  connectionTypes: [CONSUL_TYPE],
  operators: { consulPut, waitForKey },
  parts: [
    { name: "openConsul", kind: "hook", doc: "A client with `get` and `put`, for bodies and callbacks." },
    { name: "consulNotifier", kind: "notifier", doc: "Writes what has happened into a key." },
  ],
});
