import type { ConnectionType } from "../ports/connection-types.ts";
import type { Provider, ProviderPart } from "./provider.ts";

/** An operator or sensor of a provider, without its code. */
export interface OperatorDescription {
  /** As it is imported: `kafkaTopics`. */
  readonly name: string;
  /** As the interface and the API show it: `KafkaTopicsOperator`. */
  readonly operatorName: string;
  readonly kind: "task" | "sensor";
  /** Background of its tasks in the graph, `#rrggbb`. */
  readonly color?: string;
  /** Markdown. */
  readonly doc: string;
  /** JSON Schema of the options. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Options whose texts are Jinja templates. */
  readonly templated: readonly string[];
}

/** What a provider brings, as plain JSON: what a process that must not run its code knows of it. */
export interface ProviderDescription {
  readonly id: string;
  readonly title: string;
  /** Markdown. */
  readonly doc: string;
  readonly connectionTypes: readonly ConnectionType[];
  readonly operators: readonly OperatorDescription[];
  readonly parts: readonly ProviderPart[];
}

/** Takes the code out of a provider. */
export function describeProvider({ id, title, doc, ...brings }: Provider): ProviderDescription {
  const { connectionTypes = [], operators = {}, parts = [] } = brings;
  return {
    id,
    title,
    doc,
    connectionTypes: connectionTypes.map(({ trial: _trial, ...type }) => ({ ...type, canTest: true })),
    operators: Object.entries(operators).map(([name, { spec }]) => ({
      name,
      operatorName: spec.name,
      kind: spec.kind ?? "task",
      ...(spec.color !== undefined && { color: spec.color }),
      // `provider` refuses an operator without the two.
      doc: spec.doc ?? "",
      schema: spec.schema ?? {},
      templated: spec.templated ?? [],
    })),
    parts: parts.map(({ name, kind, doc: partDoc }) => ({ name, kind, doc: partDoc })),
  };
}
