export { mailNotifier, type MailNotifierOptions } from "./mail-notifier.ts";
export type { Mail, MailAddresses, MailAttachment } from "./mail-text.ts";
export { openSmtp, type SentMail, type SmtpClient, type SmtpContext } from "./open-smtp.ts";
export { sendMail, type SendMailOptions } from "./send-mail.ts";
