import { MillraceError, textOf, type Connection } from "@millrace/core";

const API = "https://slack.com/api";
const WEBHOOKS = "https://hooks.slack.com/services";

/** Slack's Web API, as a connection describes it. */
export interface SlackApi {
  readonly connectionId: string;
  /** With a slash at its end, as the client wants it. */
  readonly url: string;
  readonly token: string;
  /** Where messages go that name no channel. */
  readonly channel?: string;
}

/** True for a connection whose token is that of an incoming webhook, which has slashes in it. Older systems hold one in the type `slack`. */
export function isWebhook({ type, password }: Connection): boolean {
  return type === "slackwebhook" || /^\/?T[A-Z0-9]+\/B[A-Z0-9]+\//.test(password?.reveal() ?? "");
}

/** @throws MillraceError BAD_ARGUMENT without a token, and with one of a webhook */
export function apiOf(connection: Connection): SlackApi {
  const token = connection.password?.reveal() ?? "";
  if (token === "" || isWebhook(connection))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${connection.id} has no token of a Slack app (xoxb-…) as its password`,
    );
  const url = (textOf(connection.host) ?? API).replace(/\/*$/, "/");
  const channel = textOf(connection.schema);
  return {
    connectionId: connection.id,
    url: url.includes("://") ? url : `https://${url}`,
    token,
    ...(channel !== undefined && { channel }),
  };
}

/** The secret address of an incoming webhook. @throws MillraceError BAD_ARGUMENT without a token */
export function webhookAddressOf(connection: Connection): string {
  const token = connection.password?.reveal() ?? "";
  if (token === "")
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${connection.id} has no token of a webhook (T…/B…/…) as its password`,
    );
  if (/^https?:\/\//.test(token)) return token;
  const host = connection.type === "slackwebhook" ? textOf(connection.host) : undefined;
  const base = (host ?? WEBHOOKS).replace(/\/+$/, "");
  const scheme = connection.schema === "http" ? "http" : "https";
  return `${base.includes("://") ? base : `${scheme}://${base}`}/${token.replace(/^\/+/, "")}`;
}
