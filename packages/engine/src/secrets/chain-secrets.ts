import type { SecretsBackend } from "@millrace/core";

/** Looks in one place after the other; the first that has it decides. */
export function chainSecrets(places: readonly SecretsBackend[]): SecretsBackend {
  const first = async (look: (place: SecretsBackend) => Promise<string | undefined>): Promise<string | undefined> => {
    for (const place of places) {
      const found = await look(place);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    variable: (key) => first((place) => place.variable(key)),
    connection: (connectionId) => first((place) => place.connection(connectionId)),
  };
}
