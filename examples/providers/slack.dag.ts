import { cron, dag } from "millrace";
import { slackMessage, slackNotifier, slackWebhook } from "@millrace/provider-slack";

/** What messages to Slack look like in a DAG. The regions are the examples of the reference page. */
export const slackExamples = dag(
  "slack_examples",
  {
    schedule: cron("0 6 * * *"),
    tags: ["example"],
    // #region slackNotifier
    onFailure: slackNotifier({ channel: "#ops", baseUrl: "https://millrace.example.com" }),
    // #endregion
  },
  ({ task }) => {
    // #region slackMessage
    task(
      "tell_data",
      slackMessage({
        connection: "slack_default",
        channel: "#data",
        text: "Orders of {{ ds }} are loaded",
        blocks: [{ type: "section", text: { type: "mrkdwn", text: "Orders of *{{ ds }}* are loaded" } }],
      }),
    );
    // #endregion
    // #region slackWebhook
    task("tell_everybody", slackWebhook({ text: "Orders of {{ ds }} are loaded" }));
    // #endregion
  },
);
