// A provider is one folder: a connection type (form and trial), a hook (a client with a lifetime), and operators, sensors and notifiers made of it. It tells
// of itself by one object, its subpath `./provider`, of which the list of providers, the forms of connections and the pages of the reference are made.
import { MillraceError } from "../errors.ts";
import type { AnyOperatorSpec } from "../dsl/operator.ts";
import type { Connection } from "../dsl/connection.ts";
import type { ConnectionType } from "../ports/connection-types.ts";

const PROVIDER = Symbol.for("millrace.provider");

/** What the trial of a connection may use. It runs in a process of its own, outside server and scheduler. */
export interface TrialTools {
  /** Fires when the trial has taken too long, or nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** The global one, within the network rules of the configuration. @throws MillraceError FORBIDDEN_ADDRESS */
  readonly fetch: typeof fetch;
  /** To be asked before a client of its own connects to a host. @throws MillraceError FORBIDDEN_ADDRESS, UNREACHABLE for an unknown name */
  admit(host: string): Promise<void>;
}

/** A type of connections, with the way to try one. */
export interface ProviderConnectionType extends Omit<ConnectionType, "canTest"> {
  /** Connects and logs in as a connection says, and lets go. @returns what was reached and as whom. @throws what failed, as a sentence */
  readonly trial: (connection: Connection, tools: TrialTools) => Promise<string>;
}

/** Something of a provider that is no operator: a hook, a notifier, a function. */
export interface ProviderPart {
  /** As it is imported. */
  readonly name: string;
  readonly kind: "hook" | "notifier" | "function";
  /** Markdown: what it does, and an example. */
  readonly doc: string;
}

/** A provider as its package tells of it. */
export interface ProviderDefinition {
  /** As in its package name, `kafka` of `@millrace/provider-kafka`. */
  readonly id: string;
  /** For people: `Apache Kafka`. */
  readonly title: string;
  /** Markdown, the beginning of its page in the reference: what it is for, which servers and versions it was tested with, what it does not do. */
  readonly doc: string;
  readonly connectionTypes?: readonly ProviderConnectionType[];
  /** Operators and sensors by the name that they are imported by. */
  readonly operators?: Readonly<Record<string, { readonly spec: AnyOperatorSpec }>>;
  readonly parts?: readonly ProviderPart[];
}

/** Made by {@link provider}. */
export interface Provider extends ProviderDefinition {
  readonly [PROVIDER]: true;
}

/**
 * Declares a provider. Its package exports the result as `provider` from the subpath `./provider`; clients are imported where they are used, not there.
 *
 * @throws MillraceError BAD_ARGUMENT for an id that is none, or a name that is not that of its operator
 */
export function provider(definition: ProviderDefinition): Provider {
  if (!/^[a-z][a-z0-9-]*$/.test(definition.id))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `provider "${definition.id}": an id has lower-case letters, digits and dashes`,
    );
  for (const [name, { spec }] of Object.entries(definition.operators ?? {}))
    if (spec.doc === undefined || spec.schema === undefined)
      throw new MillraceError("BAD_ARGUMENT", `provider "${definition.id}": the operator ${name} needs doc and schema`);
  return Object.freeze({ ...definition, [PROVIDER]: true as const });
}

/** True for a provider of any copy of the package. */
export function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && PROVIDER in value;
}
