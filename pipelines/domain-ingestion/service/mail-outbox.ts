import { join } from "node:path";
import { rm } from "node:fs/promises";
import { type Mail, mailText } from "../steps/failure-mail.ts";
import { ConfigurationError } from "../steps/pipeline-errors.ts";
import { publishFile, writePending } from "./durable-file.ts";
import { localPath } from "./open-event-log.ts";

const ADDRESSES = /^[!-~]+(?:, ?[!-~]+)*$/;

/** What became of a mail: `repeated` when one with its id had been taken before. */
export type MailReceipt = "taken" | "repeated";

/** Takes mails for people: a folder here, a mail server in another profile. */
export interface MailOutbox {
  /** Returns when the mail is durable. @throws ConfigurationError for an address that is none. */
  send(mail: Mail): Promise<MailReceipt>;
}

/**
 * The outbox that `address` names: `file:<folder>` (relative to `baseFolder`, absolute, or a `file:///` address). Each mail
 * becomes a file `<id>.eml` there, which mail programs open.
 *
 * @throws ConfigurationError for a mail server: the local profile has no SMTP client.
 */
export function openMailOutbox(
  address: string,
  { nowMs, baseFolder }: { readonly nowMs: () => number; readonly baseFolder: string },
): MailOutbox {
  if (!address.startsWith("file:") || address.length === "file:".length) {
    throw new ConfigurationError(
      `the mail outbox "${address}" names a server, and this profile writes mails to a folder without an SMTP client; give file:<folder>`,
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
