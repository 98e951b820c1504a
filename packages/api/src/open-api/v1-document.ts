import { modernContract } from "../v1/modern-contract.ts";
import { ANY_SECURITY, LICENSE, SECURITY_SCHEMES } from "./security.ts";

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of API v1 as this server serves it. @param version of Millrace */
export function v1Document(version: string): Json {
  const contract = modernContract();
  const components = contract["components"] as Json;
  const paths = contract["paths"] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return {
    ...contract,
    info: {
      title: "Millrace: API v1",
      description: "What clients of Airflow's stable REST API 2.10 speak. Millrace's own API is in another document.",
      version,
      license: LICENSE,
    },
    servers: [{ url: "/api/v1" }],
    security: ANY_SECURITY,
    components: { ...components, securitySchemes: SECURITY_SCHEMES },
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, summed(operation)])),
      ]),
    ),
  };
}

/** The contract has structure only: an operation is summed up by its id. */
function summed(operation: unknown): unknown {
  const { operationId, responses } = operation as { readonly operationId?: string; readonly responses?: Json };
  if (operationId === undefined) return operation;
  const words = operationId.replaceAll("_", " ");
  return {
    summary: words.charAt(0).toUpperCase() + words.slice(1),
    ...(operation as Json),
    responses: described(responses ?? {}),
  };
}

/** OpenAPI wants a description of each answer. */
function described(responses: Json): Json {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const known = response as Json;
      return [
        status,
        "$ref" in known || known["description"]
          ? known
          : { ...known, description: status.startsWith("2") ? "Success" : "Refused" },
      ];
    }),
  );
}
