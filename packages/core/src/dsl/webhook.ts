import type { GraphWebhook } from "../graph/webhook.ts";
import type { AtPointer, FromSchema, Nowhere } from "./body-types.ts";
import { declareWebhook } from "./declare-webhook.ts";
import type { ParamValues } from "../params/param.ts";
import type { WebhookOptions } from "./webhook-options.ts";
import type { Header, Pointer } from "./webhook-values.ts";

const WEBHOOK = Symbol.for("millrace.webhook");
declare const conf: unique symbol;

/** A declared webhook whose runs have a conf of type `C`. */
export interface Webhook<out C> {
  readonly [WEBHOOK]: GraphWebhook;
  readonly [conf]: C;
}

/** The conf of a run as the params of its DAG want it. */
export type ConfFor<P> = { readonly [K in keyof P]?: ParamValues<P>[K] };

/** The conf that a mapping makes of a body of type `B`. */
export type ConfOf<B, C> = { readonly [K in keyof C]: ValueOf<B, C[K]> };

type ValueOf<B, V> =
  V extends Pointer<infer P, infer F>
    ? undefined extends F
      ? Present<AtPointer<B, P>>
      : Exclude<AtPointer<B, P>, undefined> | F
    : V extends Header<unknown>
      ? string
      : V extends string
        ? string
        : V extends number
          ? number
          : V extends boolean
            ? boolean
            : V extends object
              ? { readonly [K in keyof V]: ValueOf<B, V[K]> }
              : V;

/** Stands for what the schema does not require, where there is no fallback. */
interface MayBeMissing {
  readonly "the schema does not require it: require it, or give a fallback": true;
}
type Present<V> = unknown extends V ? V : undefined extends V ? Exclude<V, undefined> | MayBeMissing : V;

/** Refuses pointers to where the schema has nothing. */
type Possible<B, C> = { readonly [K in keyof C]: PossibleValue<B, C[K]> };
type PossibleValue<B, V> =
  V extends Pointer<infer P, unknown>
    ? AtPointer<B, P> extends Nowhere<string>
      ? AtPointer<B, P>
      : V
    : V extends Header<unknown> | string | number | boolean | null
      ? V
      : V extends object
        ? { readonly [K in keyof V]: PossibleValue<B, V[K]> }
        : V;

// Of a body that nobody described nothing is known; its params are checked when it arrives.
type WholeBody<B> = unknown extends B ? Record<never, never> : B;

/**
 * Declares a webhook of a DAG: `POST /webhooks/<name>` with a proven signature makes a run.
 * `webhook("orders", { signature: stripeSignature({ secret: variable("stripe_secret") }), schema }, { orderId: pointer("/data/object/id") })`.
 *
 * @param name 1–250 of `A-Z a-z 0-9 - . _`, unique among all DAGs. @param mapping what the conf of the run is made of: JSON with `pointer(…)`,
 * `header(…)` and texts that are Jinja templates over `body`, `headers` and `webhook`. Default: the conf is the body, which must be an object then.
 */
export function webhook<const S extends object = Record<never, never>>(
  name: string,
  options: WebhookOptions<S>,
): Webhook<WholeBody<FromSchema<S>>>;
export function webhook<const C extends object, const S extends object = Record<never, never>>(
  name: string,
  options: WebhookOptions<S>,
  mapping: C & Possible<FromSchema<S>, C>,
): Webhook<ConfOf<FromSchema<S>, C>>;
export function webhook(name: string, options: WebhookOptions<object>, mapping?: object): Webhook<unknown> {
  return Object.freeze({ [WEBHOOK]: declareWebhook(name, options, mapping) }) as unknown as Webhook<unknown>;
}

/** What {@link webhook} declared; undefined for anything else. */
export function findWebhook(candidate: unknown): GraphWebhook | undefined {
  return typeof candidate === "object" && candidate !== null && WEBHOOK in candidate
    ? (candidate as Webhook<unknown>)[WEBHOOK]
    : undefined;
}
