import { stat } from "node:fs/promises";
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import {
  MillraceError,
  parseDuration,
  Permanent,
  type Connection,
  type Duration,
  type RunContext,
} from "@millrace/core";
import type { SendMailOptions, Transporter } from "nodemailer";
import { createMailer } from "./create-mailer.ts";
import { mailServerOf, type MailServer } from "./mail-server.ts";
import { addressList, checkMail, type Mail } from "./mail-text.ts";
import { errorOfMail, isBeforeHello } from "./smtp-error.ts";

const TIMEOUT: Duration = "30s";
const PAUSES_MS: readonly number[] = [500, 2_000];

/** What the hook needs of the context of a task or a callback. */
export type SmtpContext = Pick<RunContext, "connection" | "log" | "signal">;

/** How a mail was taken. */
export interface SentMail {
  /** With its angle brackets. */
  readonly messageId: string;
  readonly accepted: readonly string[];
  /** Addresses that the server refused while it took the mail for others. */
  readonly rejected: readonly string[];
}

/** A mail server. Close it, or open it with `await using`. */
export interface SmtpClient extends AsyncDisposable {
  /**
   * Sends a mail.
   *
   * @param options.key what the Message-ID is made of: the same key, the same id, by which a receiver sees that a mail came twice.
   * @throws Permanent for a 5xx, a refused login, and a mail that cannot be sent; MillraceError UNREACHABLE for a 4xx and no answer, TIMEOUT, TASK_FAILED
   *   for an attachment that cannot be read
   */
  send(mail: Mail, options: { readonly key: string }): Promise<SentMail>;
}

/**
 * Opens a client for a mail server; it connects when the first mail is sent.
 *
 * @param connection of the type `smtp`, or its id. @param options.timeout for the connection, and of silence of the server. Default `30s`.
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one without a host
 * @example await using mail = await openSmtp("smtp_default", { ctx });
 */
export async function openSmtp(
  connection: Connection | string,
  { ctx, timeout = TIMEOUT }: { readonly ctx: SmtpContext; readonly timeout?: Duration },
): Promise<SmtpClient> {
  const server = mailServerOf(typeof connection === "string" ? await ctx.connection(connection) : connection);
  const mailer = await createMailer(server, parseDuration(timeout) / 1_000);
  return {
    send: async (mail, { key }) => await send({ mail, key }, { mailer, server, ctx }),
    [Symbol.asyncDispose]: async () => mailer.close(),
  };
}

interface Sending {
  readonly mailer: Transporter;
  readonly server: MailServer;
  readonly ctx: SmtpContext;
}

async function send(
  { mail, key }: { readonly mail: Mail; readonly key: string },
  { mailer, server, ctx }: Sending,
): Promise<SentMail> {
  checkMail(mail);
  const from = mail.from ?? server.sender;
  if (from === undefined)
    throw new Permanent(
      `the mail has no sender: give from, or extra.from_email of the connection ${server.connectionId}`,
    );
  await checkAttachments(mail);
  const message = { ...messageOf(mail, from), messageId: messageIdOf(key, from), signal: ctx.signal };
  const { accepted = [], rejected = [] } = await deliver(message, { mailer, server, ctx });
  if (rejected.length > 0) ctx.log.warn(`the mail server took the mail, but not for ${rejected.join(", ")}`);
  return { messageId: message.messageId, accepted, rejected };
}

async function deliver(
  message: SendMailOptions,
  { mailer, server, ctx }: Sending,
): Promise<{ readonly accepted?: readonly string[]; readonly rejected?: readonly string[] }> {
  const pauses = [...PAUSES_MS];
  for (;;) {
    try {
      return await mailer.sendMail(message);
    } catch (error) {
      ctx.signal.throwIfAborted();
      const pause = isBeforeHello(error) ? pauses.shift() : undefined;
      if (pause === undefined) throw errorOfMail(error, { asked: "sending a mail", server });
      await wait(pause, undefined, { signal: ctx.signal });
    }
  }
}

async function checkAttachments({ attachments = [] }: Mail): Promise<void> {
  for (const one of attachments) {
    const path = typeof one === "string" ? one : one.path;
    const found = await stat(path).catch((cause: unknown) => {
      throw new MillraceError("TASK_FAILED", `the attachment ${path} cannot be read`, { cause });
    });
    if (!found.isFile()) throw new MillraceError("TASK_FAILED", `the attachment ${path} is no file`);
  }
}

function messageOf(
  { to, cc, bcc, replyTo, subject, text, html, attachments = [] }: Mail,
  from: string,
): SendMailOptions {
  return {
    from,
    to: [...addressList(to)],
    cc: [...addressList(cc)],
    bcc: [...addressList(bcc)],
    subject,
    ...(replyTo !== undefined && { replyTo }),
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    attachments: attachments.map((one) => (typeof one === "string" ? { path: one } : { ...one })),
  };
}

/** The part behind the @ is the sender's, as RFC 5322 wants it to be unique in the world. */
function messageIdOf(key: string, from: string): string {
  const [, domain = "millrace.invalid"] = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from) ?? [];
  return `<${createHash("sha256").update(key).digest("hex").slice(0, 40)}@${domain}>`;
}
