import { operator, type Connection } from "@millrace/core";
import { openConsul } from "./open-consul.ts";

/** Options of {@link consulPut}. */
export interface ConsulPutOptions {
  /** A connection or its id. Default `consul_default`. */
  readonly connection?: Connection | string;
  readonly key: string;
  readonly value: string;
}

/** Sets a key of Consul. */
export const consulPut = operator({
  name: "ConsulPutOperator",
  color: "#f2c5d8",
  doc: "Sets a key of Consul, and returns the key. A second try sets the same key to the same value. A refused token is permanent.",
  templated: ["key", "value"],
  schema: {
    type: "object",
    required: ["key", "value"],
    additionalProperties: false,
    properties: {
      connection: { description: "A connection of the type `consul`, or its id.", default: "consul_default" },
      key: { type: "string", minLength: 1, description: "With `/` between its parts." },
      value: { type: "string", description: "At most 512 kB." },
    },
  },
  run: async ({ connection = "consul_default", key, value }: ConsulPutOptions, ctx) => {
    await using consul = await openConsul(connection, { ctx });
    await consul.put(key, value);
    return key;
  },
});
