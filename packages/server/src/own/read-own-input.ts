import type { Operation } from "@millrace/api";
import type { FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Value } from "typebox/value";
import { Problem } from "../http/problem.ts";
import type { Input } from "../http/route.ts";

/** Reads and checks the input of an operation of Millrace's own API. */
export function makeOwnReader({ params, query, body }: Operation): (request: FastifyRequest) => Input {
  const readParams = reader(params, "path");
  const readQuery = reader(query, "query");
  const readBody = reader(body, "body");
  return (request) => ({
    params: readParams(request.params) as Input["params"],
    query: readQuery(request.query) as Input["query"],
    body: body && readBody(parseBody(request)),
  });
}

function reader(schema: TSchema | undefined, place: "path" | "query" | "body"): (given: unknown) => unknown {
  if (!schema) return () => ({});
  const validator: Validator = Compile(schema);
  return (given) => {
    // Paths and queries are text; bodies say themselves what they are.
    const value = place === "body" ? given : Value.Convert(schema, Value.Clone(given));
    if (!validator.Check(value)) {
      const [first] = validator.Errors(value);
      const where = first?.instancePath.slice(1).replaceAll("/", ".") ?? "";
      throw new Problem(400, {
        detail: `${place}${where === "" ? "" : ` ${where}`}: ${first?.message ?? "it does not fit the schema"}`,
      });
    }
    return value;
  };
}

function parseBody({ body }: FastifyRequest): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new Problem(400, { detail: "the request needs a JSON body" });
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new Problem(400, { detail: "the body is not valid JSON" });
  }
}
