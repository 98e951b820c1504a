import { operator, type Connection, type Context, type Duration } from "@millrace/core";
import type { SlackContent } from "./message.ts";
import { openSlack, openSlackWebhook, type PostedMessage, type SlackPost } from "./open-slack.ts";

/** Options of {@link slackMessage}. */
export interface SlackMessageOptions extends SlackPost {
  /** A connection of the type `slack`, or its id. Default `slack_default`. */
  readonly connection?: Connection | string;
  /** Of the request. Default `10s`. */
  readonly timeout?: Duration;
}

/** Options of {@link slackWebhook}. */
export interface SlackWebhookOptions extends SlackContent {
  /** A connection of the type `slackwebhook`, or its id. Default `slackwebhook_default`. */
  readonly connection?: Connection | string;
  /** Of the request. Default `10s`. */
  readonly timeout?: Duration;
}

const TWICE = [
  "Slack has no key by which it would know a message again: a try that was cut off after it had posted posts again when it is",
  "retried. Where that matters set `retries: 0`.",
];
const CONTENT = {
  text: { type: "string", description: "Slack's mrkdwn; with blocks what notifications show." },
  blocks: {
    type: "array",
    items: { type: "object", required: ["type"] },
    description: "Block Kit: at most 50 blocks, 3000 characters a section, 150 a header.",
  },
  timeout: { type: "string", default: "10s", description: "Of the request." },
} as const;
const connectionOf = (type: string): object => ({
  anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
  default: `${type}_default`,
  description: `A connection of the type \`${type}\`, or its id.`,
});

/**
 * Posts a message to a channel, by Slack's Web API (`chat.postMessage`).
 *
 * @returns `{ channel, ts }`; `ts` as `thread` of another message makes that an answer.
 * @throws Permanent for what Slack refuses (token, channel, blocks), RetryAfter when Slack limits the rate, MillraceError UNREACHABLE
 * @example slackMessage({ channel: "#data", text: "Orders of {{ ds }} are loaded" })
 */
export const slackMessage = operator({
  name: "SlackMessageOperator",
  color: "#d9c6e0",
  doc: [
    "Posts a message to a channel of Slack, by the Web API (`chat.postMessage`, scope `chat:write`).",
    "",
    "**Result**: `{ channel, ts }`; `ts` as `thread` of another message makes that an answer. **Fails** without another try for what Slack refuses (token,",
    "scope, channel, blocks); with another one after the time that Slack names when it limits the rate; with `UNREACHABLE` when there is no answer.",
    ...TWICE,
  ].join("\n"),
  templated: ["channel", "text", "blocks", "thread"],
  schema: {
    type: "object",
    required: ["text"],
    additionalProperties: false,
    properties: {
      connection: connectionOf("slack"),
      channel: { type: "string", minLength: 1, description: "Id or name. Default: the channel of the connection." },
      thread: { type: "string", minLength: 1, description: "`ts` of the message that this one answers." },
      ...CONTENT,
    },
  },
  run: async (options: SlackMessageOptions, ctx: Context): Promise<PostedMessage> => {
    const { connection = "slack_default", timeout, ...message } = options;
    await using slack = await openSlack(connection, { ctx, ...(timeout !== undefined && { timeout }) });
    const posted = await slack.post(message);
    ctx.log.info(`posted to ${posted.channel} of Slack`, { ts: posted.ts });
    return posted;
  },
});

/**
 * Sends a message by an incoming webhook, to the channel that the webhook belongs to.
 *
 * @throws as {@link slackMessage}
 * @example slackWebhook({ text: "Orders of {{ ds }} are loaded" })
 */
export const slackWebhook = operator({
  name: "SlackWebhookOperator",
  color: "#d9c6e0",
  doc: [
    "Sends a message by an incoming webhook of Slack, to the channel that the webhook belongs to.",
    "",
    "**Result**: none. **Fails** without another try for what Slack refuses; with another one after the time that Slack names when it limits the rate; with",
    "`UNREACHABLE` when there is no answer.",
    ...TWICE,
  ].join("\n"),
  templated: ["text", "blocks"],
  schema: {
    type: "object",
    required: ["text"],
    additionalProperties: false,
    properties: { connection: connectionOf("slackwebhook"), ...CONTENT },
  },
  run: async (options: SlackWebhookOptions, ctx: Context): Promise<void> => {
    const { connection = "slackwebhook_default", timeout, ...message } = options;
    await using webhook = await openSlackWebhook(connection, { ctx, ...(timeout !== undefined && { timeout }) });
    await webhook.send(message);
    ctx.log.info("sent a message to Slack");
  },
});
