import { MillraceError, isMillraceError } from "../errors.ts";
import { known } from "../graph/option-values.ts";
import type { GraphWebhook, WebhookDedupe, WebhookSignature } from "../graph/webhook.ts";
import { parseDuration } from "../model/duration.ts";
import { MICROS } from "../model/instant.ts";
import { compileParam } from "../params/validate-param.ts";
import { encodeValue } from "../values/encode-value.ts";
import { CHECKS, type Check } from "./check-options.ts";
import { findSignature } from "./signatures.ts";
import { findMarked, valueOf } from "./webhook-values.ts";
import type { WebhookOptions } from "./webhook-options.ts";

const DEFAULT_WINDOW_SECONDS = 300;
const DEFAULT_DEDUPE_DAYS = 7;
const DEFAULT_PER_MINUTE = 6_000;
const DAY_SECONDS = 86_400;

const OPTIONS: Readonly<Record<keyof WebhookOptions<object>, Check>> = {
  signature: (value) =>
    findSignature(value)
      ? undefined
      : "needs githubSignature(…), slackSignature(…), stripeSignature(…), hmacSignature(…) or sharedKey(…)",
  replayWindow: CHECKS.duration,
  dedupe: (value) => (findMarked(value) ? undefined : 'needs header("…") or pointer("/…")'),
  dedupeFor: CHECKS.duration,
  schema: CHECKS.record,
  bodyLimitKb: CHECKS.atLeast1,
  maxPerMinute: CHECKS.atLeast1,
  keepBody: CHECKS.flag,
  description: CHECKS.text,
};

/** A webhook as data, every default filled in. @throws MillraceError BAD_ARGUMENT, BAD_PARAM, BAD_TEMPLATE naming the webhook and the option */
export function declareWebhook(
  name: string,
  options: WebhookOptions<object>,
  mapping: object | undefined,
): GraphWebhook {
  const at = <T>(option: string, read: () => T): T => reading(name, option, read);
  at("name", () => refuse(CHECKS.name(name)));
  for (const [option, value] of Object.entries(options))
    at(option, () => {
      if (!Object.hasOwn(OPTIONS, option))
        refuse(`it is not an option here; the options are ${Object.keys(OPTIONS).join(", ")}`);
      if (value !== undefined) refuse(OPTIONS[option as keyof typeof OPTIONS](value));
    });
  if (options.signature === undefined) at("signature", () => refuse(OPTIONS.signature(undefined)));
  const { schema } = options;
  const conf = mapping === undefined ? undefined : at("the mapping", () => valueOf(mapping));
  if (conf && conf.kind !== "object") at("the mapping", () => refuse("needs an object: the conf of a run is one"));
  return known({
    name,
    description: options.description,
    signature: findSignature(options.signature) as WebhookSignature,
    replayWindowSeconds: at("replayWindow", () => secondsOf(options.replayWindow, DEFAULT_WINDOW_SECONDS)),
    dedupe: options.dedupe && at("dedupe", () => dedupeOf(options)),
    schema: schema && at("schema", () => schemaOf(name, schema)),
    conf: conf?.kind === "object" ? conf : undefined,
    bodyLimitKb: options.bodyLimitKb,
    maxPerMinute: options.maxPerMinute ?? DEFAULT_PER_MINUTE,
    keepBody: options.keepBody ?? true,
  });
}

function dedupeOf({ dedupe, dedupeFor }: WebhookOptions<object>): WebhookDedupe {
  const days = secondsOf(dedupeFor, DEFAULT_DEDUPE_DAYS * DAY_SECONDS) / DAY_SECONDS;
  if (!Number.isInteger(days) || days > 365) refuse("dedupeFor must be 1 to 365 whole days");
  const key = findMarked(dedupe);
  if (key?.kind === "pointer") return { from: "body", pointer: key.pointer, days };
  return { from: "header", header: key?.header ?? "", days };
}

function secondsOf(text: WebhookOptions<object>["replayWindow"], fallback: number): number {
  if (text === undefined) return fallback;
  const seconds = parseDuration(text) / MICROS.s;
  return seconds >= 1 ? seconds : refuse("needs at least 1s");
}

function schemaOf(name: string, schema: object): Readonly<Record<string, unknown>> {
  if (encodeValue(schema).meta !== undefined) refuse("it is not plain JSON");
  const plain = schema as Readonly<Record<string, unknown>>;
  compileParam(name, { schema: plain });
  return plain;
}

function refuse(wrong: string): never;
function refuse(wrong: string | undefined): undefined;
function refuse(wrong: string | undefined): undefined {
  if (wrong !== undefined) throw new MillraceError("BAD_ARGUMENT", wrong);
}

function reading<T>(name: string, option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    throw new MillraceError(error.code, `webhook ${name}, ${option}: ${error.message}`, {
      details: { ...error.details, webhook: name },
      cause: error,
    });
  }
}
