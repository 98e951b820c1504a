import { allowsNull, listOf, numberOf, objectOf, textOf, typesOf, type Schema } from "./schema-keywords.model.ts";

/** One of several values that a field offers. */
export interface Choice {
  /** What tells it from others: the value as JSON text. */
  readonly key: string;
  readonly value: unknown;
  readonly label: string;
}

/** How a value is asked for. */
export type FieldKind =
  | { readonly kind: "hidden" }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly choices: readonly Choice[] }
  /** Several of them; `isOpen`: others, too. */
  | { readonly kind: "choices"; readonly choices: readonly Choice[]; readonly isOpen: boolean }
  | { readonly kind: "text"; readonly proposals: readonly string[] }
  | { readonly kind: "multiline" }
  | { readonly kind: "secret" }
  | {
      readonly kind: "number";
      readonly isInteger: boolean;
      readonly min?: number;
      readonly max?: number;
      readonly step?: number;
    }
  | { readonly kind: "date" | "dateTime" | "time" }
  /** A text a line. */
  | { readonly kind: "lines" }
  | { readonly kind: "json" };

/** A value that a form asks for. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  /** Heading that it stands under. */
  readonly section?: string;
  readonly kind: FieldKind;
  /** Empty is no answer: neither null nor a default stands for it. */
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly schema: Schema;
  /** Absent: none. */
  readonly default?: unknown;
}

/** A declared param as the graph of a DAG has it. */
export interface DeclaredParam {
  readonly default?: unknown;
  readonly description?: string;
  readonly schema: Schema;
}

/** The fields of a trigger form, in the order of declaration; constants are hidden ones. */
export function paramFields(params: Readonly<Record<string, DeclaredParam>>): readonly Field[] {
  return Object.entries(params).map(([name, declared]) => fieldOf(name, declared, { isRequired: true }));
}

/** The fields of an object's schema; those that it does not require may stay empty. */
export function objectFields(schema: Schema): readonly Field[] {
  const required = listOf(schema, "required") ?? [];
  return Object.entries(objectOf(schema, "properties") ?? {}).map(([name, property]) => {
    const own = property as Schema;
    return fieldOf(name, { schema: own, default: own["default"] }, { isRequired: required.includes(name) });
  });
}

function fieldOf(name: string, declared: DeclaredParam, { isRequired }: { readonly isRequired: boolean }): Field {
  const { schema } = declared;
  const isNullable = allowsNull(schema);
  const description = declared.description ?? textOf(schema, "description_md") ?? textOf(schema, "description");
  const section = textOf(schema, "section");
  return {
    name,
    label: textOf(schema, "title") ?? name,
    kind: kindOf(schema),
    isRequired: isRequired && !isNullable,
    isNullable,
    schema,
    ...(description !== undefined && { description }),
    ...(section !== undefined && { section }),
    ...(declared.default !== undefined && { default: declared.default }),
  };
}

function kindOf(schema: Schema): FieldKind {
  if (schema["const"] !== undefined) return { kind: "hidden" };
  const types = typesOf(schema).filter((type) => type !== "null");
  const options = listOf(schema, "enum")?.filter((value) => value !== null);
  if (options) return { kind: "choice", choices: choicesOf(options, schema) };
  const [type] = types;
  if (types.length !== 1) return { kind: "json" };
  switch (type) {
    case "boolean":
      return { kind: "boolean" };
    case "number":
    case "integer":
      return numberKind(schema, type === "integer");
    case "array":
      return arrayKind(schema);
    case "string":
      return textKind(schema);
    default:
      return { kind: "json" };
  }
}

function textKind(schema: Schema): FieldKind {
  if (schema["writeOnly"] === true || schema["format"] === "password") return { kind: "secret" };
  switch (schema["format"]) {
    case "date":
      return { kind: "date" };
    case "date-time":
      return { kind: "dateTime" };
    case "time":
      return { kind: "time" };
    case "multiline":
      return { kind: "multiline" };
    default: {
      const examples = listOf(schema, "examples") ?? [];
      return { kind: "text", proposals: examples.filter((value) => typeof value === "string") };
    }
  }
}

function numberKind(schema: Schema, isInteger: boolean): FieldKind {
  const [min, max, step] = [
    numberOf(schema, "minimum") ?? numberOf(schema, "exclusiveMinimum"),
    numberOf(schema, "maximum") ?? numberOf(schema, "exclusiveMaximum"),
    numberOf(schema, "multipleOf"),
  ];
  return {
    kind: "number",
    isInteger,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(step !== undefined && { step }),
  };
}

/** Only texts stand well on lines; what may be anything is JSON. Proposals make it a choice of several. */
function arrayKind(schema: Schema): FieldKind {
  const items = objectOf(schema, "items");
  const allowed = items && listOf(items, "enum");
  if (allowed) return { kind: "choices", choices: choicesOf(allowed, schema), isOpen: false };
  const examples = listOf(schema, "examples");
  if (examples) return { kind: "choices", choices: choicesOf(examples, schema), isOpen: allowsText(items) };
  const isText = items === undefined ? false : typesOf(items).join() === "string";
  return { kind: isText ? "lines" : "json" };
}

function allowsText(items: Schema | undefined): boolean {
  const types = items ? typesOf(items) : [];
  return types.length === 0 || types.includes("string");
}

function choicesOf(values: readonly unknown[], schema: Schema): readonly Choice[] {
  const shown = objectOf(schema, "values_display") ?? {};
  return values.map((value) => {
    const plain = typeof value === "string" ? value : JSON.stringify(value);
    const label = shown[plain];
    return { key: JSON.stringify(value), value, label: typeof label === "string" ? label : plain };
  });
}

/** Fields under their headings, in the order in which the headings come first; those without one come first. */
export function bySection(fields: readonly Field[]): readonly (readonly [string | undefined, readonly Field[]])[] {
  const visible = fields.filter(({ kind }) => kind.kind !== "hidden");
  const groups = [...Map.groupBy(visible, ({ section }) => section)];
  return [
    ...groups.filter(([section]) => section === undefined),
    ...groups.filter(([section]) => section !== undefined),
  ];
}
