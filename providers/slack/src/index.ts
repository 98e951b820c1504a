export type { SlackBlock, SlackContent } from "./message.ts";
export {
  openSlack,
  openSlackWebhook,
  type PostedMessage,
  type SlackClient,
  type SlackContext,
  type SlackOptions,
  type SlackPost,
  type SlackWebhookClient,
} from "./open-slack.ts";
export { slackMessage, slackWebhook, type SlackMessageOptions, type SlackWebhookOptions } from "./slack-message.ts";
export { slackNotifier, type SlackNotifierOptions } from "./slack-notifier.ts";
