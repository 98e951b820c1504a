import { operator, type Connection } from "@millrace/core";
import { openConsul } from "./open-consul.ts";

/** Options of {@link waitForKey}. */
export interface WaitForKeyOptions {
  /** A connection or its id. Default `consul_default`. */
  readonly connection?: Connection | string;
  readonly key: string;
}

/** Waits until a key of Consul is there. */
export const waitForKey = operator({
  name: "ConsulKeySensor",
  kind: "sensor",
  color: "#f2c5d8",
  doc: "Looks until a key of Consul is there, and returns its value.",
  templated: ["key"],
  schema: {
    type: "object",
    required: ["key"],
    additionalProperties: false,
    properties: {
      connection: { description: "A connection of the type `consul`, or its id.", default: "consul_default" },
      key: { type: "string", minLength: 1, description: "With `/` between its parts." },
    },
  },
  run: async ({ connection = "consul_default", key }: WaitForKeyOptions, ctx) => {
    await using consul = await openConsul(connection, { ctx });
    return await consul.get(key);
  },
});
