import type { AnyParams, CallbackContext } from "./context.ts";

/** A callback with a name and options of its own, for example a message to a chat. Made by `notifier`. */
export interface Notifier {
  readonly name: string;
  notify(ctx: CallbackContext): void | Promise<void>;
}

/** Code that runs beside a task instance or a run. It is called at least once, has its own log lines, and never changes a state. */
export type Callback<P = AnyParams> = ((ctx: CallbackContext<P>) => void | Promise<void>) | Notifier;

/** One callback or several, called in order. */
export type Callbacks<P = AnyParams> = Callback<P> | readonly Callback<P>[];

/**
 * Makes a kind of notifier: `const chat = notifier({ name: "chat", notify: ({ room }, ctx) => … })`, used as `onFailure: chat({ room: "ops" })`.
 */
export function notifier<O extends object>(spec: {
  readonly name: string;
  readonly notify: (options: O, ctx: CallbackContext) => void | Promise<void>;
}): (options: O) => Notifier {
  return (options) => ({ name: spec.name, notify: (ctx) => spec.notify(options, ctx) });
}

/** The callbacks of an option as a list. */
export function listCallbacks(callbacks: Callbacks<never> | undefined): readonly Callback[] {
  if (callbacks === undefined) return [];
  return (Array.isArray(callbacks) ? callbacks : [callbacks]) as readonly Callback[];
}

/** Calls one callback. */
export async function runCallback(callback: Callback, ctx: CallbackContext): Promise<void> {
  await (typeof callback === "function" ? callback(ctx) : callback.notify(ctx));
}
