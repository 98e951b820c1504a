import type { SettingsStore } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import type { Sealer } from "../secrets.ts";
import { makeConnectionStore } from "./connection-store.ts";
import { makePoolStore } from "./pool-store.ts";
import { makeVariableStore } from "./variable-store.ts";

/** What people set in the database. */
export function makeSettingsStore(pool: DatabasePool, sealer: Sealer): SettingsStore {
  return {
    connections: makeConnectionStore(pool, sealer),
    variables: makeVariableStore(pool, sealer),
    pools: makePoolStore(pool),
  };
}
