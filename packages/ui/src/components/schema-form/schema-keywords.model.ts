/** A JSON Schema of one value, as DAGs and connection types give it. Keywords that have the wrong type are as if they were not there. */
export type Schema = Readonly<Record<string, unknown>>;

/** A text keyword, like `title`. */
export function textOf(schema: Schema, keyword: string): string | undefined {
  const value = schema[keyword];
  return typeof value === "string" ? value : undefined;
}

/** A number keyword, like `minimum`. */
export function numberOf(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? value : undefined;
}

/** A list keyword, like `enum`. */
export function listOf(schema: Schema, keyword: string): readonly unknown[] | undefined {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

/** An object keyword, like `items`. */
export function objectOf(schema: Schema, keyword: string): Schema | undefined {
  const value = schema[keyword];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;
}

/** The types that a schema allows; none means any. */
export function typesOf(schema: Schema): readonly string[] {
  const { type } = schema;
  return typeof type === "string" ? [type] : Array.isArray(type) ? (type as readonly string[]) : [];
}

/** Whether null is allowed: where the schema says so, or says nothing of types. */
export function allowsNull(schema: Schema): boolean {
  const options = listOf(schema, "enum");
  if (options) return options.includes(null);
  const types = typesOf(schema);
  return types.length === 0 || types.includes("null");
}

/** The type of a value in the words of JSON Schema. */
export function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
