import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import * as api from "@millrace/api";

import { ownDocument, v1Document, type Operation } from "@millrace/api";

type Json = Readonly<Record<string, unknown>>;

const operations = Object.values<unknown>(api).filter(
  (value): value is Operation =>
    typeof value === "object" && value !== null && "path" in value && "method" in value && "summary" in value,
);
const documents = [
  ["own", ownDocument(operations, "1.2.3")],
  ["v1", v1Document("1.2.3")],
] as const;

function* operationsOf(document: Json): Generator<{ readonly path: string; readonly operation: Json }> {
  for (const [path, methods] of Object.entries(document["paths"] as Readonly<Record<string, Json>>))
    for (const [method, operation] of Object.entries(methods))
      if (method !== "parameters") yield { path, operation: operation as Json };
}

test.each(documents)("the document %s is OpenAPI 3.1 with our own name, servers and ways in", (_, document) => {
  expect(document).toMatchObject({
    openapi: "3.1.0",
    info: { version: "1.2.3", title: expect.stringMatching(/^Millrace/) as string },
  });
  expect(Object.keys((document["components"] as Json)["securitySchemes"] as Json)).toEqual([
    "Bearer",
    "Basic",
    "Session",
  ]);
  expect(JSON.stringify(document)).not.toMatch(/accounts\.google|airflow\.apache\.org|"~|"nullable"/);
});

test.each(documents)(
  "each operation of %s has one id, a summary, answers with descriptions, and its path's parameters",
  (_, document) => {
    const all = [...operationsOf(document)];
    const ids = all.map(({ operation }) => operation["operationId"]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(40);
    for (const { path, operation } of all) {
      expect(operation["summary"], path).toBeTruthy();
      for (const answer of Object.values(operation["responses"] as Readonly<Record<string, Json>>))
        expect(answer["$ref"] ?? answer["description"], path).toBeTruthy();
      const own = (operation["parameters"] ?? []) as readonly Json[];
      const shared = ((document["paths"] as Readonly<Record<string, Json>>)[path]["parameters"] ??
        []) as readonly Json[];
      const names = [...own, ...shared].map((parameter) => resolve(document, parameter)["name"]);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) expect(names, path).toContain(name);
    }
  },
);

test.each(documents)("every schema of %s compiles, and every reference leads somewhere", (_, document) => {
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  ajv.addSchema({ $id: "document", ...document });
  let schemas = 0;
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (key === "$ref" && typeof part === "string") expect(resolve(document, { $ref: part }), at).toBeDefined();
      if (key === "schema") {
        ajv.compile({ $ref: `document#${encodeURI(at)}` });
        schemas++;
      } else walk(part, at);
    }
  };
  walk(document, "");
  expect(schemas).toBeGreaterThan(80);
});

function resolve(document: Json, part: Json): Json {
  const { $ref: reference } = part as { readonly $ref?: string };
  if (reference === undefined) return part;
  let at: unknown = document;
  for (const step of reference.slice(2).split("/")) at = (at as Json)[step];
  return at as Json;
}
