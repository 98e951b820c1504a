import { provider as defineProvider } from "@millrace/core";
import { SLACK_TYPE, SLACK_WEBHOOK_TYPE } from "./connection-type.ts";
import { slackMessage, slackWebhook } from "./slack-message.ts";

/** Slack. */
export const provider = defineProvider({
  id: "slack",
  title: "Slack",
  doc: [
    "Posts messages to Slack by its Web API or an incoming webhook. Tested against a server that checks what Slack's public description asks for (token,",
    "shape, limits of Block Kit), not against Slack itself. It reads no messages and uploads no files.",
  ].join("\n"),
  connectionTypes: [SLACK_TYPE, SLACK_WEBHOOK_TYPE],
  operators: { slackMessage, slackWebhook },
  parts: [
    {
      name: "slackNotifier",
      kind: "notifier",
      doc: [
        'A message with DAG, task, run, try, error and a link to the log: `onFailure: slackNotifier({ channel: "#ops", baseUrl: "https://millrace.example.com" })`, as',
        "well `onRetry`, `onSuccess`, `onSkip` and `onDeadlineMissed`. `text` is a template. With a connection of the type `slackwebhook` it goes by the webhook.",
        "A callback may be called twice, and the message then is posted twice.",
      ].join("\n"),
    },
    {
      name: "openSlack",
      kind: "hook",
      doc: 'A client with `post(message)`: `await using slack = await openSlack("slack_default", { ctx })`.',
    },
    {
      name: "openSlackWebhook",
      kind: "hook",
      doc: 'A client with `send(message)`: `await using webhook = await openSlackWebhook("slackwebhook_default", { ctx })`.',
    },
  ],
});
