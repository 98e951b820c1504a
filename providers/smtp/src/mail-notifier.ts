import { instanceAddress, notifier, type CallbackContext, type Connection, type Duration } from "@millrace/core";
import { escapeHtml, type MailAddresses } from "./mail-text.ts";
import { openSmtp } from "./open-smtp.ts";

const CONNECTION = "smtp_default";

/** Options of {@link mailNotifier}. */
export interface MailNotifierOptions {
  readonly to: MailAddresses;
  readonly cc?: MailAddresses;
  readonly from?: string;
  /** A connection of the type `smtp`, or its id. Default `smtp_default`. */
  readonly connection?: Connection | string;
  /** A template. Default what happened to what. */
  readonly subject?: string;
  /** A template of a text that stands before the facts. */
  readonly text?: string;
  /** Where the web interface is served, for a link to the log: `https://millrace.example.com`. Default no link. */
  readonly baseUrl?: string;
  /** For the connection, and of silence of the server. Default `30s`. */
  readonly timeout?: Duration;
}

/**
 * Sends a mail with DAG, task, run, try, error and a link to the log, as `onFailure`, `onRetry`, `onSuccess` or `onDeadlineMissed`.
 *
 * A callback may be called twice; both mails then have the same Message-ID.
 *
 * @throws what `openSmtp` and its `send` throw, which fails the callback and never the task
 * @example onFailure: mailNotifier({ to: "ops@example.com", baseUrl: "https://millrace.example.com" })
 */
export const mailNotifier = notifier({ name: "mail", notify: notifyByMail });

async function notifyByMail(options: MailNotifierOptions, ctx: CallbackContext): Promise<void> {
  const { connection = CONNECTION, timeout, to, cc, from } = options;
  const facts = factsOf(ctx, options.baseUrl);
  const said = options.text === undefined ? undefined : await ctx.render(options.text);
  const subject = options.subject === undefined ? subjectOf(ctx) : await ctx.render(options.subject);
  await using client = await openSmtp(connection, { ctx, ...(timeout !== undefined && { timeout }) });
  const { dagId, runId, taskId, mapIndex, tryNumber, event } = ctx;
  const { messageId } = await client.send(
    {
      to,
      ...(cc !== undefined && { cc }),
      ...(from !== undefined && { from }),
      // A template may well have been written over several lines.
      subject: subject.replace(/\s+/g, " ").trim(),
      text: textOf(said, facts),
      html: htmlOf(said, facts),
    },
    { key: JSON.stringify([dagId, runId, taskId, mapIndex, tryNumber, event]) },
  );
  ctx.log.info(`sent a mail about the ${event} of ${dagId}`, { messageId });
}

type Fact = readonly [name: string, text: string];

function factsOf(ctx: CallbackContext, baseUrl: string | undefined): readonly Fact[] {
  const { dagId, runId, logicalDate, taskId, mapIndex = -1, tryNumber, maxTries, state, reason } = ctx;
  const facts: (Fact | undefined)[] = [
    ["DAG", dagId],
    ["Run", runId],
    ["Logical date", logicalDate],
    taskId === undefined ? undefined : ["Task", mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`],
    tryNumber === undefined
      ? undefined
      : ["Try", maxTries === undefined ? `${tryNumber}` : `${tryNumber} of ${maxTries}`],
    ["State", state],
    reason === undefined ? undefined : ["Error", reason],
    baseUrl === undefined ? undefined : ["Log", instanceAddress(baseUrl, ctx)],
  ];
  return facts.filter((fact) => fact !== undefined);
}

function subjectOf({ event, dagId, taskId, runId }: CallbackContext): string {
  return `[millrace] ${event}: ${dagId}${taskId === undefined ? "" : ` / ${taskId}`} (${runId})`;
}

function textOf(said: string | undefined, facts: readonly Fact[]): string {
  const lines = facts.map(([name, text]) => `${name}: ${text}`).join("\n");
  return said === undefined ? `${lines}\n` : `${said}\n\n${lines}\n`;
}

function htmlOf(said: string | undefined, facts: readonly Fact[]): string {
  const rows = facts.map(([name, text]) => {
    const shown = name === "Log" ? `<a href="${escapeHtml(text)}">${escapeHtml(text)}</a>` : escapeHtml(text);
    return `<tr><th align="left" valign="top">${name}</th><td style="white-space:pre-wrap">${shown}</td></tr>`;
  });
  const before = said === undefined ? "" : `<p style="white-space:pre-wrap">${escapeHtml(said)}</p>`;
  return `${before}<table cellpadding="4">${rows.join("")}</table>`;
}
