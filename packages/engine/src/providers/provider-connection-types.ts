import {
  connectionFields,
  connectionSecrets,
  createMasker,
  type Connection,
  type ConnectionTrial,
  type ConnectionTypes,
  type NetworkRules,
  type ProviderDescription,
} from "@millrace/core";
import { reasonOf } from "../connections/reason-of.ts";
import { TOO_LATE, TRIAL_MS } from "../connections/trial-limit.ts";
import { childEnvironment } from "../executors/local/child-environment.ts";
import { askProviderProcess, type ProcessEnd } from "./ask-provider-process.ts";
import type { ProviderEnvironment } from "./read-providers.ts";

/** A trial that ends by itself at its limit has so long to let go. */
const GRACE_MS = 1_000;

/** A provider and the URL of the module that exports it. */
export interface LoadableProvider {
  readonly entry: string;
  readonly provider: ProviderDescription;
}

/** What the types of providers are made with. */
export interface ProviderTypesOptions extends ProviderEnvironment {
  readonly network: NetworkRules;
  /** A trial takes no longer, default {@link TRIAL_MS}. */
  readonly limitMs?: number;
  /** The providers that there are now. */
  readonly providers: () => Promise<readonly LoadableProvider[]>;
}

/**
 * `standard` and the types that providers bring. A name that both have is the standard one's, so that no package takes the connections of another type.
 * Trials of providers run in a process of their own, which is told the secrets by IPC, keeps to the network rules, and is killed when it takes too long.
 */
export function withProviderTypes(standard: ConnectionTypes, options: ProviderTypesOptions): ConnectionTypes {
  const brought = async () => {
    const own = new Set((await standard.list()).flatMap(({ type, aliases = [] }) => [type, ...aliases]));
    const all = (await options.providers()).flatMap(({ entry, provider }) =>
      provider.connectionTypes.map((type) => ({ entry, type })),
    );
    return all.filter(({ type }) => !own.has(type.type));
  };
  const find = async (name: string) =>
    (await brought()).find(({ type: { type, aliases = [] } }) => type === name || aliases.includes(name));
  return {
    list: async () =>
      [...(await standard.list()), ...(await brought()).map(({ type }) => type)].sort((a, b) =>
        a.label < b.label ? -1 : 1,
      ),
    find: async (name) => (await standard.find(name)) ?? (await find(name))?.type,
    test: async (connection, signal) => {
      const known = (await standard.find(connection.type)) === undefined ? await find(connection.type) : undefined;
      if (known === undefined) return await standard.test(connection, signal);
      return await tryOutside(connection, { entry: known.entry, type: known.type.type, signal, ...options });
    },
  };
}

async function tryOutside(
  connection: Connection,
  how: ProviderTypesOptions & {
    readonly entry: string;
    readonly type: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ConnectionTrial> {
  const { entry, type, signal, network, environment, environmentNames, limitMs = TRIAL_MS } = how;
  const mask = createMasker(connectionSecrets(connection));
  const fields = JSON.stringify(connectionFields(connection));
  let tried: ConnectionTrial | undefined;
  try {
    const end = await askProviderProcess(
      { k: "try", entry, type, connectionId: connection.id, fields, network, limitMs },
      {
        environment: childEnvironment(environment, environmentNames),
        silentMs: limitMs + GRACE_MS,
        signal,
        onAnswer: (answer) => {
          if (answer.k === "tried") tried = { ok: answer.ok, message: mask(answer.message) };
        },
      },
    );
    return tried ?? { ok: false, message: whyNot(end) };
  } catch (error) {
    return { ok: false, message: mask(reasonOf(error)) };
  }
}

function whyNot(end: ProcessEnd): string {
  switch (end.kind) {
    case "done":
      return "its trial ended the process";
    case "late":
      return TOO_LATE;
    case "died":
      return end.how;
    default:
      throw new Error(`unreachable: ${end satisfies never}`);
  }
}
