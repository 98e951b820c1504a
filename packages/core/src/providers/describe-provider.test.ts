import { expect, test } from "vitest";
import { connectionForm, textField } from "../connections/connection-form.ts";
import { operator } from "../dsl/operator.ts";
import { describeProvider } from "./describe-provider.ts";
import { isProvider, provider, type ProviderDefinition } from "./provider.ts";

const schema = { type: "object", properties: { key: { type: "string", description: "Its name." } } };
const look = operator({
  name: "LookSensor",
  kind: "sensor",
  color: "#aabbcc",
  doc: "Looks.",
  templated: ["key"],
  schema,
  run: (_: { readonly key: string }) => true,
});
const read = operator({ name: "ReadOperator", doc: "Reads.", schema, run: (_: { readonly key: string }) => "x" });
const definition: ProviderDefinition = {
  id: "store",
  title: "A store",
  doc: "Keeps things.",
  connectionTypes: [
    {
      type: "store",
      label: "Store",
      form: connectionForm({ host: textField("Host") }),
      trial: () => Promise.resolve(""),
    },
  ],
  operators: { look, read },
  parts: [{ name: "openStore", kind: "hook", doc: "A client." }],
};

test("a provider tells of itself without its code", () => {
  const described = describeProvider(provider(definition));
  expect(JSON.parse(JSON.stringify(described))).toEqual(described);
  expect(described).toMatchObject({
    id: "store",
    connectionTypes: [{ type: "store", label: "Store", canTest: true }],
    operators: [
      { name: "look", operatorName: "LookSensor", kind: "sensor", color: "#aabbcc", templated: ["key"], schema },
      { name: "read", operatorName: "ReadOperator", kind: "task", doc: "Reads.", templated: [] },
    ],
    parts: [{ name: "openStore", kind: "hook" }],
  });
  expect(describeProvider(provider({ id: "bare", title: "Bare", doc: "" }))).toMatchObject({
    operators: [],
    parts: [],
  });
});

test("a provider needs an id, and documentation and a schema of each operator", () => {
  expect(isProvider(provider(definition))).toBe(true);
  expect(isProvider(definition)).toBe(false);
  expect(() => provider({ ...definition, id: "A Store" })).toThrow(/an id has lower-case letters/);
  const bare = operator({ name: "BareOperator", run: (_: object) => 1 });
  expect(() => provider({ ...definition, operators: { bare } })).toThrow(/the operator bare needs doc and schema/);
});
