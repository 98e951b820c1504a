import { join } from "node:path";
import { rm } from "node:fs/promises";
import { type Mail, mailText } from "../steps/failure-mail.ts";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import { type SmtpContext, openSmtp } from "@millrace/provider-smtp";
import { publishFile, writePending } from "./durable-file.ts";
import { localPath } from "./open-event-log.ts";

const ADDRESSES = /^[!-~]+(?:, ?[!-~]+)*$/;

/** What became of a mail: `repeated` when one with its id had been taken before. */
export type MailReceipt = "taken" | "repeated";

/** Takes mails for people: a folder, or a mail server. */
export interface MailOutbox {
  /** Returns when the mail is durable. @throws ConfigurationError for an address that is none. */
  send(mail: Mail): Promise<MailReceipt>;
}

/** What {@link openMailOutbox} needs beside the address. */
export interface MailOutboxOptions {
  readonly nowMs: () => number;
  readonly baseFolder: string;
  /** Finds the connection of a mail server. */
  readonly ctx: SmtpContext;
}

/**
 * The outbox that `address` names: `smtp:<id>`, a mail server by its connection, or `file:<folder>` (relative to `baseFolder`, absolute, or a `file:///`
 * address), where each mail becomes a file `<id>.eml`, which mail programs open.
 *
 * @throws ConfigurationError for anything else.
 */
export function openMailOutbox(address: string, { nowMs, baseFolder, ctx }: MailOutboxOptions): MailOutbox {
  if (/^smtp:[^/]/.test(address)) return serverOutbox(address.slice("smtp:".length), ctx);
  if (!address.startsWith("file:") || address.length === "file:".length) {
    throw new ConfigurationError(
      `the mail outbox "${address}" is neither smtp:<id of a connection> nor file:<folder>`,
      { address },
    );
  }
  const folder = localPath(address, baseFolder);
  return {
    async send(mail) {
      if (!ADDRESSES.test(mail.to)) {
        throw new ConfigurationError(`"${mail.to}" is no list of mail addresses: separate them by commas`, {
          to: mail.to,
        });
      }
      const pending = await writePending(folder, mailText(mail, new Date(nowMs()).toISOString()));
      if (await publishFile(pending, join(folder, `${mail.id}.eml`))) return "taken";
      await rm(pending, { force: true });
      return "repeated";
    },
  };
}

/** The id of a mail becomes its Message-ID: who gets it twice, as a server may take it without saying so, sees that. */
function serverOutbox(connection: string, ctx: SmtpContext): MailOutbox {
  return {
    async send({ id, to, subject, body }) {
      await using server = await openSmtp(connection, { ctx });
      await server.send({ to, subject, text: body }, { key: id });
      return "taken";
    },
  };
}
