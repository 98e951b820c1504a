import type { TSchema } from "typebox";
import type { Operation } from "../operation.ts";
import { ANY_SECURITY, LICENSE, SECURITY_SCHEMES } from "./security.ts";

type Json = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, TSchema & { readonly description?: string }>>;
  readonly required?: readonly string[];
}

const PROBLEM = {
  type: "object",
  description: "RFC 9457.",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: ["string", "null"] },
    code: { type: "string", description: "Millrace's error code, where there is one; it never changes its meaning." },
    hint: { type: "string", description: "What to do." },
  },
} as const;

/** The OpenAPI 3.1 document of Millrace's own API. @param version of Millrace */
export function ownDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] ??= {};
    paths[operation.path][operation.method.toLowerCase()] = described(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Millrace",
      description:
        "What API v1 cannot say. Instants are ISO 8601; lists come a page at a time: `next` of one is `after` of the next.",
      version,
      license: LICENSE,
    },
    servers: [{ url: "/api/millrace/v1" }],
    security: ANY_SECURITY,
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: { Problem: PROBLEM } },
  };
}

function described({ id, summary, tag, access, status = 200, ...operation }: Operation): Json {
  const { params, query, body, answer, headers = {}, mediaType = "application/json" } = operation;
  const parameters = [
    ...parametersOf(params, "path"),
    ...parametersOf(query, "query"),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: "header",
      description,
      required: false,
      schema: { type: "string" },
    })),
  ];
  const needs =
    access === "login"
      ? "Any known caller."
      : access.map(([action, resource]) => `\`${action}\` on \`${resource}\``).join(", ");
  const isOpen = access !== "login" && access.length === 0;
  return {
    operationId: id,
    summary,
    description: isOpen ? "Open to everybody." : `Needs: ${needs}`,
    tags: [tag],
    ...(isOpen && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: plain(body) } } } }),
    responses: {
      [status]: {
        description: answer ? "What was asked for." : "Done.",
        ...(answer && { content: { [mediaType]: { schema: plain(answer) } } }),
      },
      default: {
        description: "Refused.",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parametersOf(schema: TSchema | undefined, place: "path" | "query"): readonly Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
  return Object.entries(properties).map(([name, part]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(part.description !== undefined && { description: part.description }),
    schema: plain(part),
  }));
}

/** Without what a schema has only in memory. */
function plain(schema: TSchema): unknown {
  return JSON.parse(JSON.stringify(schema)) as unknown;
}
