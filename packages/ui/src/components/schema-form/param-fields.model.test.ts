import { describe, expect, test } from "vitest";
import { draftOf, readDraft, type Draft } from "./field-values.model.ts";
import { bySection, objectFields, paramFields, type Field } from "./param-fields.model.ts";
import type { Schema } from "./schema-keywords.model.ts";

function aField(schema: Schema, byDefault?: unknown): Field {
  const [field] = paramFields({ p: { schema, ...(byDefault !== undefined && { default: byDefault }) } });
  return field;
}

const read = (field: Field, draft: Draft): unknown => {
  const result = readDraft(field, draft);
  return result.kind === "value" ? result.value : result;
};
const fault = (sentence: string): object => ({ kind: "fault", fault: sentence });

describe("the kind of a field", () => {
  test.each<readonly [Schema, object]>([
    [{ const: 7 }, { kind: "hidden" }],
    [{ type: "boolean" }, { kind: "boolean" }],
    [{ type: ["boolean", "null"] }, { kind: "boolean" }],
    [{ type: "string" }, { kind: "text", proposals: [] }],
    [
      { type: "string", examples: ["a", "b"] },
      { kind: "text", proposals: ["a", "b"] },
    ],
    [{ type: "string", format: "multiline" }, { kind: "multiline" }],
    [{ type: "string", format: "date" }, { kind: "date" }],
    [{ type: ["string", "null"], format: "date-time" }, { kind: "dateTime" }],
    [{ type: "string", format: "time" }, { kind: "time" }],
    [{ type: "string", writeOnly: true, format: "password" }, { kind: "secret" }],
    [
      { type: "integer", minimum: 1, maximum: 9, multipleOf: 2 },
      { kind: "number", isInteger: true, min: 1, max: 9, step: 2 },
    ],
    [
      { type: "number", exclusiveMinimum: 0 },
      { kind: "number", isInteger: false, min: 0 },
    ],
    [{ type: "array", items: { type: "string" } }, { kind: "lines" }],
    [{ type: "array" }, { kind: "json" }],
    [{ type: "array", items: { type: "number" } }, { kind: "json" }],
    [{ type: "object" }, { kind: "json" }],
    [{ type: ["string", "number"] }, { kind: "json" }],
    [{}, { kind: "json" }],
  ])("of %j is %j", (schema, kind) => {
    expect(aField(schema).kind).toEqual(kind);
  });

  test("with values to choose from shows them as the schema says", () => {
    const { kind } = aField({ enum: [1, "b", null], values_display: { "1": "One", b: "Bee" } });
    expect(kind).toEqual({
      kind: "choice",
      choices: [
        { key: "1", value: 1, label: "One" },
        { key: '"b"', value: "b", label: "Bee" },
      ],
    });
  });

  test("of a list with proposals is a choice of several; others can be added where its items may be texts", () => {
    expect(aField({ type: "array", examples: ["a"] }).kind).toMatchObject({ kind: "choices", isOpen: true });
    expect(aField({ type: "array", examples: [1], items: { type: "number" } }).kind).toMatchObject({ isOpen: false });
    expect(aField({ type: "array", items: { enum: ["a"] } }).kind).toMatchObject({ kind: "choices", isOpen: false });
  });
});

describe("a value", () => {
  test.each<readonly [Schema, unknown]>([
    [{ type: "boolean" }, true],
    [{ type: "string" }, "text"],
    [{ type: "string", format: "multiline" }, "a\nb"],
    [{ type: "integer" }, 5],
    [{ type: "number" }, 0.5],
    [{ enum: ["a", 1] }, 1],
    [{ type: "array", examples: ["a", "b"] }, ["b", "own"]],
    [{ type: "array", items: { type: "string" } }, ["a", "b c"]],
    [{ type: "object" }, { a: [1, { b: null }] }],
    [{ type: "string", format: "date" }, "2026-02-28"],
    [{ type: "string", format: "date-time" }, "2026-02-28T10:00:00+01:00"],
    [{ type: "string", format: "time" }, "10:20:30"],
    [{ type: ["string", "null"] }, null],
    [{}, [1, "x"]],
    [{}, null],
  ])("of %j survives the form: %j", (schema, value) => {
    const field = aField(schema);
    expect(read(field, draftOf(field, value))).toEqual(value);
  });

  test("of a constant is the constant", () => {
    expect(read(aField({ const: 7 }), "")).toBe(7);
  });

  test.each<readonly [Schema, Draft, string]>([
    [{ type: "string" }, "", "is required"],
    [{ type: "integer" }, "", "is required"],
    [{ type: "integer" }, "x", "must be a number"],
    [{ type: "integer" }, "1.5", "must be integer"],
    [{ type: "integer", minimum: 1 }, "0", "must be >= 1"],
    [{ type: "number", exclusiveMaximum: 1 }, "1", "must be < 1"],
    [{ type: "number", multipleOf: 0.1 }, "0.25", "must be multiple of 0.1"],
    [{ type: "string", minLength: 3 }, "ab", "must NOT have fewer than 3 characters"],
    [{ type: "string", maxLength: 1 }, "ab", "must NOT have more than 1 characters"],
    [{ type: "string", pattern: "^a+$" }, "b", 'must match pattern "^a+$"'],
    [{ type: "string", format: "date" }, "2026-02-30", 'must match format "date"'],
    [{ type: "string", format: "email" }, "nobody", 'must match format "email"'],
    [{ type: "array", items: { type: "string" }, minItems: 1 }, "", "must NOT have fewer than 1 items"],
    [{ type: "object" }, "[]", "must be object"],
  ])("of %j that is %j is refused: %s", (schema, draft, sentence) => {
    expect(read(aField(schema), draft)).toEqual(fault(sentence));
  });

  test("that is no JSON is refused in the words of the browser", () => {
    expect(read(aField({ type: "object" }), "{")).toMatchObject({
      fault: expect.stringMatching(/^must be JSON: /) as string,
    });
  });

  test("that is empty is null where null is allowed, and an empty text where that is the default", () => {
    expect(read(aField({ type: ["integer", "null"] }), "")).toBeNull();
    expect(read(aField({ type: "string" }, ""), "")).toBe("");
  });

  test("with a multiple that floating point cannot hold exactly is taken", () => {
    expect(read(aField({ type: "number", multipleOf: 0.1 }), "0.3")).toBe(0.3);
  });
});

test("fields of an object are required only where it says so, and stay empty without a fault", () => {
  const [host, port] = objectFields({
    required: ["host"],
    properties: { host: { type: "string" }, port: { type: "integer", default: 5432 } },
  });
  expect([host.isRequired, port.isRequired, port.default]).toEqual([true, false, 5432]);
  expect(readDraft(port, "")).toEqual({ kind: "empty" });
});

test("fields stand under their headings, those without one first, constants nowhere", () => {
  const fields = paramFields({
    a: { schema: { type: "string", section: "More" } },
    b: { schema: { type: "string" } },
    c: { schema: { const: 1 } },
    d: { schema: { type: "string", section: "More" } },
  });
  expect(bySection(fields).map(([section, own]) => [section, own.map(({ name }) => name)])).toEqual([
    [undefined, ["b"]],
    ["More", ["a", "d"]],
  ]);
});

test("titles, descriptions and defaults come from what was declared", () => {
  const [field] = paramFields({
    p: { default: 3, description: "How many", schema: { type: "integer", title: "Count" } },
  });
  expect(field).toMatchObject({ label: "Count", description: "How many", default: 3, isRequired: true });
});
