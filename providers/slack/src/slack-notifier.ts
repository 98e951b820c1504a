import { instanceAddress, notifier, type CallbackContext, type Connection, type Duration } from "@millrace/core";
import { cutText, escapeMrkdwn, headerBlock, sectionBlock, type SlackBlock, type SlackContent } from "./message.ts";
import { openSlack, openSlackWebhook } from "./open-slack.ts";
import { isWebhook } from "./slack-target.ts";

const MOST_ERROR = 2_500;

/** Options of {@link slackNotifier}. */
export interface SlackNotifierOptions {
  /** A connection of the type `slack` or `slackwebhook`, or its id. Default `slack_default`. */
  readonly connection?: Connection | string;
  /** Id or name. Default: the channel of the connection. A webhook has its own. */
  readonly channel?: string;
  /** A template of a text that stands before the facts. */
  readonly text?: string;
  /** Where the web interface is served, for a link to the log: `https://millrace.example.com`. Default no link. */
  readonly baseUrl?: string;
  /** Of the request. Default `10s`. */
  readonly timeout?: Duration;
}

/**
 * Posts DAG, task, run, try, error and a link to the log to Slack, as `onFailure`, `onRetry`, `onSuccess` or `onDeadlineMissed`.
 *
 * A callback may be called twice, and the message then is posted twice.
 *
 * @throws what the hooks throw, which fails the callback and never the task
 * @example onFailure: slackNotifier({ channel: "#ops", baseUrl: "https://millrace.example.com" })
 */
export const slackNotifier = notifier({ name: "slack", notify: notifySlack });

async function notifySlack(options: SlackNotifierOptions, ctx: CallbackContext): Promise<void> {
  const { connection = "slack_default", channel, timeout, text } = options;
  const found = typeof connection === "string" ? await ctx.connection(connection) : connection;
  const said = text === undefined ? undefined : await ctx.render(text);
  const message = contentOf(ctx, { said, baseUrl: options.baseUrl });
  const how = { ctx, ...(timeout !== undefined && { timeout }) };
  if (isWebhook(found)) {
    await using webhook = await openSlackWebhook(found, how);
    await webhook.send(message);
  } else {
    await using slack = await openSlack(found, how);
    await slack.post({ ...message, ...(channel !== undefined && { channel }) });
  }
  ctx.log.info(`told Slack about the ${ctx.event} of ${ctx.dagId}`);
}

/** What a notifier says about an event. */
function contentOf(
  ctx: CallbackContext,
  { said, baseUrl }: { readonly said?: string | undefined; readonly baseUrl?: string | undefined },
): SlackContent {
  const { event, dagId, runId, taskId, mapIndex = -1, tryNumber, maxTries, state, reason } = ctx;
  const what = taskId === undefined ? dagId : `${dagId} / ${mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`}`;
  const title = `${event}: ${what}`;
  const facts: (readonly [string, string] | undefined)[] = [
    ["DAG", dagId],
    taskId === undefined ? undefined : ["Task", mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`],
    ["Run", runId],
    tryNumber === undefined
      ? undefined
      : ["Try", maxTries === undefined ? `${tryNumber}` : `${tryNumber} of ${maxTries}`],
    ["State", state],
  ];
  const fields = facts
    .filter((fact) => fact !== undefined)
    .map(([name, text]) => ({ type: "mrkdwn", text: cutText(`*${name}*\n${escapeMrkdwn(text)}`, 2_000) }));
  const blocks: (SlackBlock | undefined)[] = [
    headerBlock(title),
    said === undefined ? undefined : sectionBlock(escapeMrkdwn(said)),
    { type: "section", fields },
    reason === undefined ? undefined : sectionBlock(`\`\`\`${cutText(escapeMrkdwn(reason), MOST_ERROR)}\`\`\``),
    baseUrl === undefined ? undefined : sectionBlock(`<${instanceAddress(baseUrl, ctx)}|Log>`),
  ];
  return { text: cutText(escapeMrkdwn(said ?? title), 3_000), blocks: blocks.filter((block) => block !== undefined) };
}
