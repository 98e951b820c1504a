import { provider as defineProvider } from "@millrace/core";
import { SMTP_TYPE } from "./connection-type.ts";
import { sendMail } from "./send-mail.ts";

/** Mail by SMTP. */
export const provider = defineProvider({
  id: "smtp",
  title: "SMTP",
  doc: [
    "Sends mail by any SMTP server, with TLS or STARTTLS and a login. Tested against a real server of the protocol that refuses, puts off, is slow and hangs",
    "up. A login is never sent without TLS unless the connection says `use_tls: false`. It reads no mailboxes.",
  ].join("\n"),
  connectionTypes: [SMTP_TYPE],
  operators: { sendMail },
  parts: [
    {
      name: "mailNotifier",
      kind: "notifier",
      doc: [
        'A mail with DAG, task, run, try, error and a link to the log: `onFailure: mailNotifier({ to: "ops@example.com", baseUrl: "https://millrace.example.com" })`,',
        "as well `onRetry`, `onSuccess`, `onSkip` and `onDeadlineMissed`. `subject` and `text` are templates. A callback may be called twice; both mails have",
        "the same `Message-ID`.",
      ].join("\n"),
    },
    {
      name: "openSmtp",
      kind: "hook",
      doc: 'A client with `send(mail, { key })`, for bodies and callbacks: `await using mail = await openSmtp("smtp_default", { ctx })`. The same key makes the same `Message-ID`.',
    },
  ],
});
