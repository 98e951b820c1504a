import { Permanent } from "@millrace/core";

/** One address, several with commas between them, or a list; each may have a name: `Ada <ada@example.com>`. */
export type MailAddresses = string | readonly string[];

/** A mail. At least one of `to`, `cc` and `bcc`, and one of `text` and `html`. */
export interface Mail {
  readonly to?: MailAddresses;
  readonly cc?: MailAddresses;
  readonly bcc?: MailAddresses;
  /** Default: `from_email` of the connection, or its login when that is an address. */
  readonly from?: string;
  readonly replyTo?: string;
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  /** Files on the worker's disk, by path. */
  readonly attachments?: readonly (string | MailAttachment)[];
}

/** A file that goes along with a mail. */
export interface MailAttachment {
  readonly path: string;
  /** What the receiver sees. Default the last part of the path. */
  readonly filename?: string;
  /** Default by the ending of the name. */
  readonly contentType?: string;
}

/** The addresses of an option, one by one as they were given. */
export function addressList(addresses: MailAddresses | undefined): readonly string[] {
  const list = addresses === undefined ? [] : typeof addresses === "string" ? [addresses] : addresses;
  return list.map((one) => one.trim()).filter((one) => one !== "");
}

/**
 * Refuses a mail that nobody gets, and one whose headers have line breaks in them: what stands behind a break would be a header of its own.
 *
 * @throws Permanent that names the part, not its text
 */
export function checkMail(mail: Mail): void {
  const { to, cc, bcc, from, replyTo, subject, text, html, attachments = [] } = mail;
  const lists = { to: addressList(to), cc: addressList(cc), bcc: addressList(bcc) };
  const names = attachments.flatMap((one) =>
    typeof one === "string" ? [one] : [one.path, one.filename ?? "", one.contentType ?? ""],
  );
  const parts = { ...lists, from: [from ?? ""], replyTo: [replyTo ?? ""], subject: [subject], attachments: names };
  for (const [name, texts] of Object.entries(parts))
    if (texts.some((one) => /[\u0000-\u001f\u007f]/.test(one)))
      throw new Permanent(
        `${name} of the mail has a line break or another control character, which a header must not have`,
      );
  if (Object.values(lists).every((list) => list.length === 0))
    throw new Permanent("the mail has nobody to go to: give to, cc or bcc");
  if (text === undefined && html === undefined) throw new Permanent("the mail has no content: give text or html");
}

/** A text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
