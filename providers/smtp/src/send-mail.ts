import { operator, type Connection, type Context, type Duration } from "@millrace/core";
import type { Mail } from "./mail-text.ts";
import { openSmtp, type SentMail } from "./open-smtp.ts";

const CONNECTION = "smtp_default";

/** Options of {@link sendMail}. */
export interface SendMailOptions extends Mail {
  /** A connection of the type `smtp`, or its id. Default `smtp_default`. */
  readonly connection?: Connection | string;
  /** For the connection, and of silence of the server. Default `30s`. */
  readonly timeout?: Duration;
}

const ADDRESSES = {
  anyOf: [
    { type: "string", minLength: 1 },
    { type: "array", items: { type: "string", minLength: 1 }, minItems: 1 },
  ],
} as const;

/**
 * Sends a mail.
 *
 * @returns `{ messageId, accepted, rejected }`. Addresses that the server refuses while it takes the mail for others are a warning.
 * @throws Permanent when the server refuses login, sender, all receivers or the mail for good (5xx), and for line breaks in headers; MillraceError
 *   UNREACHABLE for a 4xx and no answer, TIMEOUT, TASK_FAILED for an attachment that cannot be read
 * @example sendMail({ to: "ada@example.com", subject: "Orders of {{ ds }}", text: "They are loaded." })
 */
export const sendMail = operator({
  name: "SendMailOperator",
  color: "#c9dff2",
  doc: [
    "Sends a mail by an SMTP server, with attachments from the worker's disk. Subject, text and HTML are templates.",
    "",
    "**Result**: `{ messageId, accepted, rejected }`; receivers that the server refuses while it takes the mail for others are a warning. **Fails** without",
    "another try when the server answers 5xx (login, sender, all receivers, content), and when a header would have a line break in it; with `UNREACHABLE`",
    "for 4xx and no answer; with `TIMEOUT`. A try that was cut off may have sent the mail: every try of a task instance sends it with the same",
    "`Message-ID`, by which mail systems see that they have it.",
  ].join("\n"),
  templated: ["to", "cc", "bcc", "from", "replyTo", "subject", "text", "html", "attachments"],
  templateExt: [".txt", ".html"],
  schema: {
    type: "object",
    required: ["subject"],
    additionalProperties: false,
    properties: {
      connection: {
        anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
        default: CONNECTION,
        description: "A connection of the type `smtp`, or its id.",
      },
      to: {
        ...ADDRESSES,
        description:
          "Receivers: one address, several with commas between them, or a list. At least one of `to`, `cc` and `bcc`.",
      },
      cc: { ...ADDRESSES, description: "Receivers of a copy." },
      bcc: { ...ADDRESSES, description: "Receivers of a copy that the others do not see." },
      from: { type: "string", minLength: 1, description: "Default: `from_email` of the connection, or its login." },
      replyTo: { type: "string", minLength: 1, description: "Where answers go." },
      subject: { type: "string", description: "One line." },
      text: { type: "string", description: "Plain text. At least one of `text` and `html`." },
      html: { type: "string", description: "HTML." },
      attachments: {
        type: "array",
        description: "Paths of files, or `{ path, filename, contentType }`.",
        items: {
          anyOf: [
            { type: "string", minLength: 1 },
            {
              type: "object",
              required: ["path"],
              additionalProperties: false,
              properties: {
                path: { type: "string", minLength: 1 },
                filename: { type: "string", minLength: 1 },
                contentType: { type: "string", minLength: 1 },
              },
            },
          ],
        },
      },
      timeout: { type: "string", default: "30s", description: "For the connection, and of silence of the server." },
    },
  },
  run: async (options: SendMailOptions, ctx: Context): Promise<SentMail> => {
    const { connection = CONNECTION, timeout, ...mail } = options;
    await using client = await openSmtp(connection, { ctx, ...(timeout !== undefined && { timeout }) });
    const key = JSON.stringify([ctx.dagId, ctx.runId, ctx.taskId, ctx.mapIndex]);
    const sent = await client.send(mail, { key });
    ctx.log.info(`sent a mail to ${sent.accepted.length} receivers`, { messageId: sent.messageId });
    return sent;
  },
});
