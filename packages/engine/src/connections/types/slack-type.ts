import { type Connection, connectionForm, MillraceError, secretField, textField, textOf } from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";

const API = "https://slack.com/api";
const WEBHOOKS = "https://hooks.slack.com/services";

/** Slack's API with a bot's token. */
export const SLACK_TYPE: KnownType = {
  type: "slack",
  label: "Slack",
  form: connectionForm(
    {
      password: secretField("Token", { minLength: 1 }),
      host: textField("Address of the API", { default: API }),
      schema: textField("Channel"),
    },
    { required: ["password"] },
  ),
  trial: trySlack,
};

/** Incoming webhooks of Slack. */
export const SLACK_WEBHOOK_TYPE: KnownType = {
  type: "slackwebhook",
  label: "Slack incoming webhook",
  form: connectionForm(
    {
      host: textField("Address", { default: WEBHOOKS }),
      schema: textField("Scheme"),
      password: secretField("Token", { minLength: 1 }),
    },
    { required: ["password"] },
  ),
  trial: trySlackWebhook,
};

/** The token of an incoming webhook has slashes in it; the connection named `slack` of older systems holds one. */
function isWebhookToken(token: string): boolean {
  return /^\/?T[A-Z0-9]+\/B[A-Z0-9]+\//.test(token);
}

async function trySlack(connection: Connection, tools: Parameters<Trial>[1]): Promise<string> {
  const token = connection.password?.reveal() ?? "";
  if (isWebhookToken(token)) return await trySlackWebhook({ ...connection, host: WEBHOOKS }, tools);
  const { network, signal } = tools;
  const base = textOf(connection.host) ?? API;
  const answer = await network.fetch(`${base.replace(/\/+$/, "")}/auth.test`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const said = (await answer.json()) as {
    readonly ok?: boolean;
    readonly error?: string;
    readonly team?: string;
    readonly user?: string;
  };
  if (said.ok === true) return `Slack knows the token as ${said.user ?? "?"} of ${said.team ?? "?"}`;
  throw new MillraceError("UNREACHABLE", `Slack refuses the token: ${said.error ?? String(answer.status)}`);
}

/** Sends a message without a text: a webhook that is there complains of that, and posts nothing. */
async function trySlackWebhook(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const token = connection.password?.reveal() ?? "";
  const base = (textOf(connection.host) ?? WEBHOOKS).replace(/\/+$/, "");
  const url = `${base.includes("://") ? base : `https://${base}`}/${token.replace(/^\/+/, "")}`;
  const answer = await network.fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    signal,
  });
  const said = (await answer.text()).slice(0, 80);
  if (answer.status === 400 && /no_text|invalid_payload|missing_text/.test(said)) return "Slack knows the webhook";
  throw new MillraceError("UNREACHABLE", `Slack refuses the webhook: ${answer.status} ${said}`);
}
