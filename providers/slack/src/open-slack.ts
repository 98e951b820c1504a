import { setTimeout as wait } from "node:timers/promises";
import { parseDuration, type Connection, type Duration, type RunContext } from "@millrace/core";
import type { WebAPICallResult } from "@slack/web-api";
import { checkContent, type SlackContent } from "./message.ts";
import { errorOfSlack } from "./slack-error.ts";
import { apiOf, webhookAddressOf } from "./slack-target.ts";

const TIMEOUT: Duration = "10s";
const PAUSES_MS: readonly number[] = [500, 2_000];

/** What the hooks need of the context of a task or a callback. */
export type SlackContext = Pick<RunContext, "connection" | "fetch" | "log" | "signal">;

/** How a hook is opened. */
export interface SlackOptions {
  readonly ctx: SlackContext;
  /** Of a request. Default `10s`. */
  readonly timeout?: Duration;
}

/** A message to a channel. */
export interface SlackPost extends SlackContent {
  /** Id or name. Default: the channel of the connection. */
  readonly channel?: string;
  /** `ts` of the message whose thread this one belongs to. */
  readonly thread?: string;
}

/** A message that was posted. */
export interface PostedMessage {
  /** Id of the channel. */
  readonly channel: string;
  /** What Slack calls the message by; say it as `thread` to answer. */
  readonly ts: string;
}

/** Slack's Web API. */
export interface SlackClient extends AsyncDisposable {
  /** Posts a message. @throws Permanent, RetryAfter when Slack says when to come again, MillraceError UNREACHABLE */
  post(message: SlackPost): Promise<PostedMessage>;
}

/** An incoming webhook of Slack, which belongs to a channel. */
export interface SlackWebhookClient extends AsyncDisposable {
  /** Posts a message. @throws as {@link SlackClient.post} */
  send(message: SlackContent): Promise<void>;
}

/**
 * Opens Slack's Web API with the token of a connection of the type `slack`.
 *
 * Requests that found no server are sent again twice; others are not, because Slack has no key by which it would know a message that it has.
 *
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one without a token
 */
export async function openSlack(connection: Connection | string, options: SlackOptions): Promise<SlackClient> {
  const { ctx } = options;
  const { WebClient } = await import("@slack/web-api");
  const api = apiOf(await lookUp(connection, ctx));
  const client = new WebClient(api.token, {
    slackApiUrl: api.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
    fetch: fetchOf(options),
  });
  return {
    post: async ({ channel: named, text, blocks, thread }) => {
      checkContent({ text, ...(blocks && { blocks }) });
      const channel = named ?? api.channel ?? "";
      const asked = `posting to ${channel === "" ? "no channel" : channel} of Slack`;
      const message = { channel, text, ...(blocks && { blocks }), ...(thread !== undefined && { thread_ts: thread }) };
      const answer = (await sending(() => client.apiCall("chat.postMessage", message), {
        ctx,
        about: () => ({ asked, connectionId: api.connectionId }),
      })) as WebAPICallResult & { readonly channel?: string; readonly ts?: string };
      return { channel: answer.channel ?? channel, ts: answer.ts ?? "" };
    },
    // Requests are by fetch: there is nothing to let go.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Opens an incoming webhook, as {@link openSlack} opens the Web API. */
export async function openSlackWebhook(
  connection: Connection | string,
  options: SlackOptions,
): Promise<SlackWebhookClient> {
  const { ctx } = options;
  const { IncomingWebhook } = await import("@slack/webhook");
  const found = await lookUp(connection, ctx);
  const seen: { retryAfterSeconds?: number } = {};
  const webhook = new IncomingWebhook(webhookAddressOf(found), { fetch: fetchOf(options, seen) });
  const about = (): { asked: string; connectionId: string; retryAfterSeconds?: number } => ({
    asked: `sending to the webhook of the connection ${found.id}`,
    connectionId: found.id,
    ...seen,
  });
  return {
    send: async ({ text, blocks }) => {
      checkContent({ text, ...(blocks && { blocks }) });
      await sending(() => webhook.send({ text, ...(blocks && { blocks: [...blocks] }) }), { ctx, about });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A client for Slack's own methods logs by itself to the console, which belongs to the try. */
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => "error" as never,
  setName: () => undefined,
};

async function lookUp(connection: Connection | string, ctx: SlackContext): Promise<Connection> {
  return typeof connection === "string" ? await ctx.connection(connection) : connection;
}

type SlackFetch = NonNullable<import("@slack/web-api").WebClientOptions["fetch"]>;

/** The context's fetch, which keeps the network rules, with the try's signal and a timeout. */
function fetchOf({ ctx, timeout = TIMEOUT }: SlackOptions, seen: { retryAfterSeconds?: number } = {}): SlackFetch {
  return async (url, init = {}) => {
    const { body, ...rest } = init;
    const late = AbortSignal.timeout(parseDuration(timeout) / 1_000);
    const answer = await ctx.fetch(url, {
      ...rest,
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([ctx.signal, late, ...(init.signal === undefined ? [] : [init.signal])]),
    });
    const seconds = Number.parseInt(answer.headers.get("retry-after") ?? "", 10);
    if (!Number.isNaN(seconds)) seen.retryAfterSeconds = seconds;
    return answer;
  };
}

interface Sending {
  readonly ctx: SlackContext;
  readonly about: () => Parameters<typeof errorOfSlack>[1];
}

async function sending<T>(send: () => Promise<T>, { ctx, about }: Sending): Promise<T> {
  const pauses = [...PAUSES_MS];
  for (;;) {
    try {
      return await send();
    } catch (error) {
      ctx.signal.throwIfAborted();
      const pause = isUnsent(error) ? pauses.shift() : undefined;
      if (pause === undefined) throw errorOfSlack(error, about());
      await wait(pause, undefined, { signal: ctx.signal });
    }
  }
}

/** No connection was made, so nothing was posted. */
function isUnsent(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = "original" in at ? at.original : at.cause)
    if ("code" in at && (at.code === "ECONNREFUSED" || at.code === "EAI_AGAIN" || at.code === "ENOTFOUND")) return true;
  return false;
}
