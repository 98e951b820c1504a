import { MillraceError } from "../errors.ts";
import { findParamFault } from "../params/validate-param.ts";
import { missingVariable } from "../values/environment-keys.ts";
import type { Body, ValueSources } from "./body.ts";
import type { HandleSource, RefSource } from "./handle.ts";
import { inputName, withValueAt, type FoundSource } from "./walk-values.ts";

/**
 * What the body is called with: its input (a mapped function with its elements) or its options, with handles, refs and templates replaced
 * by their values. Texts that come out of a result or a variable are never rendered.
 *
 * @throws MillraceError NOT_FOUND for a variable without a value; BAD_ARGUMENT for options that do not fit the operator's schema; whatever `sources` throws.
 */
export async function resolveValues(body: Body, sources: ValueSources): Promise<Readonly<Record<string, unknown>>> {
  let values = body.values;
  const found = await Promise.all(body.sources.map((source) => readSource(body, source, sources)));
  body.sources.forEach((source, position) => {
    values = withValueAt(values, source.path, found[position]);
  });
  if (body.schema) checkSchema(body, values);
  if (body.isOperator || body.eachNames.length === 0) return values;
  const items = await Promise.all(body.eachNames.map(async (name) => [name, await sources.item(name)] as const));
  return { ...values, ...Object.fromEntries(items) };
}

function checkSchema(body: Body, options: Readonly<Record<string, unknown>>): void {
  const fault = findParamFault(`options of ${body.operatorName}`, { schema: body.schema ?? {} }, options);
  if (fault === undefined) return;
  // The rule alone: the value may have come out of a variable, so it may be a secret.
  throw new MillraceError(
    "BAD_ARGUMENT",
    `task ${body.taskId}: options of ${body.operatorName}: ${fault.replace(/, got .*$/s, "")}`,
  );
}

async function readSource(body: Body, found: FoundSource, sources: ValueSources): Promise<unknown> {
  if ("ref" in found) return await readRef(found.ref, sources);
  const { handle } = found;
  const value: unknown = await (handle.kind === "item"
    ? sources.item(handle.name)
    : sources.input(inputName(found.path, body.isOperator)));
  return fieldAt(value, handle, inputName(found.path, body.isOperator));
}

/** The field of a result that `pick` asked for. */
function fieldAt(value: unknown, handle: HandleSource, name: string): unknown {
  let at = value;
  for (const key of handle.path) {
    if (typeof at !== "object" || at === null) {
      throw new MillraceError(
        "BAD_ARGUMENT",
        `${name}: the value has no field ${String(key)}, because it is ${at === null ? "null" : typeof at}`,
      );
    }
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

async function readRef(ref: RefSource, sources: ValueSources): Promise<unknown> {
  switch (ref.kind) {
    case "connection":
      return await sources.connection(ref.id);
    case "item":
      return await sources.item(ref.name);
    case "param":
      return await sources.param(ref.name);
    case "template":
      return await sources.render(ref.text);
    case "file":
      return await sources.renderFile(ref.name);
    case "variable":
      return readVariable(ref, await sources.variable(ref.key));
    default:
      throw new Error(`unreachable: ${ref satisfies never}`);
  }
}

function readVariable(ref: RefSource & { readonly kind: "variable" }, stored: string | undefined): unknown {
  const text = stored ?? ref.fallback;
  if (text === undefined) throw new MillraceError("NOT_FOUND", missingVariable(ref.key));
  if (!ref.json) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // The text may be a secret: neither it nor the parser's message (which quotes it) goes into the error.
    throw new MillraceError("BAD_ARGUMENT", `variable ${ref.key} is not JSON`, {
      details: { name: cause instanceof Error ? cause.name : "Error" },
    });
  }
}
