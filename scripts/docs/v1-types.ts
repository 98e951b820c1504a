// TypeScript types of the contract of API v1 (packages/api/src/v1/contract.json). Written by `node scripts/generate-docs.ts`.
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly enum?: readonly (string | null)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

interface ContractOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

/** The parts of an OpenAPI 3.0 document that types are made from. */
export interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/** What is sent has every property, so that none is forgotten; what is received may leave out all but the required ones. */
type Direction = "sent" | "received";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** The text of `contract-types.ts`. */
export function v1Types(contract: Contract): string {
  const { schemas, parameters } = contract.components;
  const writer = new TypeWriter();
  const operations = Object.values(contract.paths).flatMap((methods) => {
    const shared = (methods["parameters"] ?? []) as readonly Parameter[];
    return METHODS.flatMap((method) => {
      const operation = methods[method] as ContractOperation | undefined;
      return operation ? [{ operation, given: [...shared, ...(operation.parameters ?? [])] }] : [];
    });
  });
  const lines = operations.map(({ operation, given }) => {
    const all = given.map((parameter) => resolve(parameter, parameters));
    const of = (place: string): string => {
      const fields = all.filter((parameter) => parameter.in === place);
      if (fields.length === 0) return "Readonly<Record<string, never>>";
      return `{ ${fields.map((field) => `readonly ${quoted(field.name ?? "")}${field.required ? "" : "?"}: ${writer.type(field.schema ?? {}, "received")};`).join(" ")} }`;
    };
    const body = operation.requestBody?.content["application/json"]?.schema;
    const ok = Object.entries(operation.responses).find(([status]) => status.startsWith("2"))?.[1];
    const answer = ok?.content?.["application/json"]?.schema;
    return `  readonly ${operation.operationId}: {
    readonly path: ${of("path")};
    readonly query: ${of("query")};
    readonly body: ${body ? writer.type(body, "received") : "undefined"};
    readonly answer: ${answer ? writer.type(answer, "sent") : "undefined"};
  };`;
  });
  const declarations: string[] = [];
  for (let next = writer.next(); next; next = writer.next()) {
    const schema = schemas[next.name] ?? {};
    declarations.push(
      `/** ${next.name}, as it is ${next.direction}. */\nexport type ${next.typeName} = ${writer.type(schema, next.direction)};`,
    );
  }
  return `// Written by \`node scripts/generate-docs.ts\` from contract.json; do not edit.

${declarations.sort().join("\n\n")}

/** What each operation takes and answers, by operation id. */
export interface V1Operations {
${lines.join("\n")}
}
`;
}

class TypeWriter {
  readonly #known = new Set<string>();
  readonly #waiting: { readonly name: string; readonly direction: Direction; readonly typeName: string }[] = [];

  next(): { readonly name: string; readonly direction: Direction; readonly typeName: string } | undefined {
    return this.#waiting.shift();
  }

  type(schema: Schema, direction: Direction): string {
    const text = this.#bare(schema, direction);
    return schema.nullable && !text.split(" | ").includes("null") ? `${text} | null` : text;
  }

  #bare(schema: Schema, direction: Direction): string {
    if (schema.$ref) return this.#name(schema.$ref.split("/").at(-1) ?? "", direction);
    if (schema.allOf) return schema.allOf.map((part) => `(${this.type(part, direction)})`).join(" & ");
    if (schema.anyOf) return schema.anyOf.map((part) => `(${this.type(part, direction)})`).join(" | ");
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    if (schema.properties) return this.#object(schema, direction);
    if (schema.type === "array") return `readonly (${this.type(schema.items ?? {}, direction)})[]`;
    if (schema.type === "object") return "Readonly<Record<string, unknown>>";
    if (schema.type === "integer" || schema.type === "number") return "number";
    return schema.type === "string" || schema.type === "boolean" ? schema.type : "unknown";
  }

  #object({ properties = {}, required = [] }: Schema, direction: Direction): string {
    const fields = Object.entries(properties).filter(([, field]) =>
      direction === "sent" ? !field.writeOnly : !field.readOnly,
    );
    const lines = fields.map(([name, field]) => {
      const mark = direction === "sent" || required.includes(name) ? "" : "?";
      return `  readonly ${quoted(name)}${mark}: ${this.type(field, direction)};`;
    });
    return `{\n${lines.join("\n")}\n}`;
  }

  #name(name: string, direction: Direction): string {
    const typeName = `V1${name}${direction === "sent" ? "" : "Input"}`;
    if (!this.#known.has(typeName)) {
      this.#known.add(typeName);
      this.#waiting.push({ name, direction, typeName });
    }
    return typeName;
  }
}

function resolve(parameter: Parameter, parameters: Contract["components"]["parameters"]): Parameter {
  return parameters[parameter.$ref?.split("/").at(-1) ?? ""] ?? parameter;
}

function quoted(name: string): string {
  return /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}
