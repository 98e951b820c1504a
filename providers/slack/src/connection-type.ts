import {
  connectionForm,
  MillraceError,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { apiOf, isWebhook, webhookAddressOf } from "./slack-target.ts";

/** Slack's API with the token of an app. */
export const SLACK_TYPE: ProviderConnectionType = {
  type: "slack",
  label: "Slack",
  form: connectionForm(
    {
      password: secretField("Token", { minLength: 1 }),
      host: textField("Address of the API", { default: "https://slack.com/api" }),
      schema: textField("Channel"),
    },
    { required: ["password"] },
  ),
  trial: async (connection, tools) =>
    isWebhook(connection) ? await tryWebhook(connection, tools) : await tryApi(connection, tools),
};

/** Incoming webhooks of Slack. */
export const SLACK_WEBHOOK_TYPE: ProviderConnectionType = {
  type: "slackwebhook",
  label: "Slack incoming webhook",
  form: connectionForm(
    {
      host: textField("Address", { default: "https://hooks.slack.com/services" }),
      schema: textField("Scheme"),
      password: secretField("Token", { minLength: 1 }),
    },
    { required: ["password"] },
  ),
  trial: tryWebhook,
};

async function tryApi(connection: Connection, { fetch, signal }: TrialTools): Promise<string> {
  const { url, token } = apiOf(connection);
  const answer = await fetch(`${url}auth.test`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const said = (await answer.json().catch(() => ({}))) as {
    readonly ok?: boolean;
    readonly error?: string;
    readonly team?: string;
    readonly user?: string;
  };
  if (said.ok === true) return `Slack knows the token as ${said.user ?? "?"} of ${said.team ?? "?"}`;
  throw new MillraceError("UNREACHABLE", `Slack refuses the token: ${said.error ?? `status ${answer.status}`}`);
}

/** Sends a message without a text: a webhook that is there complains of that, and posts nothing. */
async function tryWebhook(connection: Connection, { fetch, signal }: TrialTools): Promise<string> {
  const answer = await fetch(webhookAddressOf(connection), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    signal,
  });
  const said = (await answer.text()).slice(0, 80);
  if (answer.status === 400 && /no_text|invalid_payload|missing_text/.test(said)) return "Slack knows the webhook";
  throw new MillraceError("UNREACHABLE", `Slack refuses the webhook: status ${answer.status} ${said}`);
}
