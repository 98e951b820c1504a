import { connectionSecrets, createMasker, type ConnectionTypes } from "@millrace/core";
import type { Network } from "../network/guarded-network.ts";
import type { KnownType, Trial } from "./known-type.ts";
import { placeOf } from "./place-of.ts";
import { reasonOf } from "./reason-of.ts";
import { TOO_LATE, TRIAL_MS } from "./trial-limit.ts";

/** Joins types with the network that their trials use. */
export function createConnectionTypes(types: readonly KnownType[], network: Network): ConnectionTypes {
  const byName = new Map(types.flatMap((type) => [type.type, ...(type.aliases ?? [])].map((name) => [name, type])));
  const shown = types
    .map(({ trial: _trial, defaultPort: _port, ...type }) => ({ ...type, canTest: true }))
    .toSorted((a, b) => (a.label < b.label ? -1 : 1));
  return {
    list: () => Promise.resolve(shown),
    find: (name) => Promise.resolve(shown.find(({ type }) => type === byName.get(name)?.type)),
    async test(connection, signal) {
      const known = byName.get(connection.type);
      const late = AbortSignal.timeout(TRIAL_MS);
      const trial = known?.trial ?? reach(known?.defaultPort);
      const mask = createMasker(connectionSecrets(connection));
      try {
        const both = signal === undefined ? late : AbortSignal.any([signal, late]);
        return { ok: true, message: mask(await trial(connection, { network, signal: both })) };
      } catch (error) {
        return { ok: false, message: mask(late.aborted ? TOO_LATE : reasonOf(error)) };
      }
    },
  };
}

/** Tries the address alone: only the type's own protocol could try the login. */
function reach(defaultPort: number | undefined): Trial {
  return async (connection, { network, signal }) => {
    const { host, port } = placeOf(connection, defaultPort);
    const socket = await network.connect({ host, port, tls: false, signal });
    socket.destroy();
    return `${host}:${port} can be reached (the login was not tried)`;
  };
}
