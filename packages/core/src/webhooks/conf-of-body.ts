// What a delivery makes of its body. All of it is data of the graph: pointers, headers, and templates, which reach nothing but what is handed to them.
import { isMillraceError, MillraceError } from "../errors.ts";
import type { GraphParam } from "../graph/graph.ts";
import type { GraphWebhook, WebhookValue } from "../graph/webhook.ts";
import { resolveParams } from "../params/resolve-params.ts";
import { findSchemaFault } from "../params/validate-param.ts";
import { renderTemplate, type TemplateContext } from "../template/compile-template.ts";
import { fromJs } from "../template/from-js.ts";
import { isPlainObject } from "../values/plain-object.ts";

/** A delivery whose signature was right. */
export interface Delivered {
  /** JSON. */
  readonly body: unknown;
  /** By name in lower case, without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly deliveryId: string;
}

const LONGEST_KEY = 500;
const MOST_LEVELS = 200;
const NOTHING = Symbol("nothing");

/** The JSON of a body. @throws MillraceError BAD_ARGUMENT, also for more than 200 levels: what walks through values would run out of stack */
export function readBody(text: string): unknown {
  if (depthOf(text) > MOST_LEVELS)
    throw new MillraceError("BAD_ARGUMENT", `the body is nested deeper than ${MOST_LEVELS} levels`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the body, which may be anything.
    throw new MillraceError("BAD_ARGUMENT", "the body is not valid JSON", { cause });
  }
}

/**
 * The conf of the run that a delivery makes, checked against the params of its DAG.
 *
 * @throws MillraceError DATA_REJECTED naming the place that does not fit
 */
export function confOfBody(
  webhook: GraphWebhook,
  params: Readonly<Record<string, GraphParam>>,
  delivered: Delivered,
): Readonly<Record<string, unknown>> {
  const { body } = delivered;
  const fault = webhook.schema && findSchemaFault(webhook.name, { schema: webhook.schema }, body);
  if (fault !== undefined) throw rejected(`the body does not fit the schema of the webhook: ${fault}`);
  const conf = webhook.conf ? valueOf(webhook.conf, { webhook, delivered, path: "conf" }) : body;
  if (!isPlainObject(conf)) throw rejected("the body is the conf of the run and must be a JSON object");
  try {
    resolveParams({ dag: params, conf });
  } catch (error) {
    throw isMillraceError(error) ? rejected(error.message, error) : error;
  }
  return conf;
}

/** What tells this delivery from others; undefined when the webhook tells none apart. @throws MillraceError DATA_REJECTED when the delivery has no such thing */
export function dedupeKeyOf({ dedupe }: GraphWebhook, { body, headers }: Delivered): string | undefined {
  if (!dedupe) return undefined;
  const [found, place] =
    dedupe.from === "header"
      ? [headers[dedupe.header], `the header ${dedupe.header}`]
      : [at(body, dedupe.pointer), `the body at ${dedupe.pointer || "its root"}`];
  const key = typeof found === "string" ? found : typeof found === "number" ? String(found) : "";
  if (key === "" || key.length > LONGEST_KEY)
    throw rejected(
      `${place} tells repeated deliveries apart and must be a text of 1 to ${LONGEST_KEY} characters or a number`,
    );
  return key;
}

interface Mapping {
  readonly webhook: GraphWebhook;
  readonly delivered: Delivered;
  readonly path: string;
}

function valueOf(value: WebhookValue, mapping: Mapping): unknown {
  const { delivered, path } = mapping;
  switch (value.kind) {
    case "value":
      return value.value;
    case "pointer": {
      const found = at(delivered.body, value.pointer);
      if (found !== NOTHING) return found;
      if (value.fallback !== undefined) return value.fallback;
      throw rejected(`${path}: the body has nothing at ${value.pointer}`);
    }
    case "header": {
      const found = delivered.headers[value.header] ?? value.fallback;
      if (found !== undefined) return found;
      throw rejected(`${path}: the delivery has no header ${value.header}`);
    }
    case "template":
      return render(value.text, mapping);
    case "object":
      return Object.fromEntries(
        Object.entries(value.members).map(([key, member]) => [
          key,
          valueOf(member, { ...mapping, path: `${path}.${key}` }),
        ]),
      );
    case "list":
      return value.items.map((item, i) => valueOf(item, { ...mapping, path: `${path}[${i}]` }));
    default:
      throw new Error(`unreachable: ${value satisfies never}`);
  }
}

function render(text: string, { webhook, delivered, path }: Mapping): string {
  const names: Readonly<Record<string, unknown>> = {
    body: delivered.body,
    headers: delivered.headers,
    webhook: { name: webhook.name, delivery_id: delivered.deliveryId },
  };
  const context: TemplateContext = {
    find: (name) => (Object.hasOwn(names, name) ? fromJs(names[name], name) : undefined),
    names: () => Object.keys(names),
  };
  try {
    return renderTemplate(text, context);
  } catch (error) {
    throw isMillraceError(error) ? rejected(`${path}: ${error.message}`, error) : error;
  }
}

/** What is at a JSON pointer, or {@link NOTHING}. */
function at(body: unknown, pointer: string): unknown {
  let found = body;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return NOTHING;
    // A list has `length`, too.
    if (Array.isArray(found) && !/^(0|[1-9]\d*)$/.test(name)) return NOTHING;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

function rejected(message: string, cause?: unknown): MillraceError {
  return new MillraceError("DATA_REJECTED", message, { cause });
}

/** How deep brackets outside of texts are nested. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isInText) {
      if (char === "\\") at += 1;
      else if (char === '"') isInText = false;
    } else if (char === '"') isInText = true;
    else if (char === "[" || char === "{") deepest = Math.max(deepest, (depth += 1));
    else if (char === "]" || char === "}") depth -= 1;
  }
  return deepest;
}
