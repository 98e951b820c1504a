import { V1_CONTRACT } from "./contract.ts";

/**
 * The contract of API v1 in the dialect of OpenAPI 3.1, whose schemas are plain JSON Schema: `nullable` becomes a type, an enum value or an alternative.
 * Made anew on each call.
 */
export function modernContract(): Readonly<Record<string, unknown>> {
  const { openapi: _, ...rest } = V1_CONTRACT;
  return { openapi: "3.1.0", ...(modern(rest) as Readonly<Record<string, unknown>>) };
}

function modern(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modern);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, modern(part)]));
  if (nullable !== true) return nullable === undefined || nullable === false ? rest : { ...rest, nullable };
  if (Array.isArray(rest["enum"])) {
    const values = rest["enum"] as readonly unknown[];
    return {
      ...rest,
      enum: values.includes(null) ? values : [...values, null],
      ...("type" in rest && { type: [rest["type"], "null"] }),
    };
  }
  return "type" in rest ? { ...rest, type: [rest["type"], "null"] } : { anyOf: [rest, { type: "null" }] };
}
