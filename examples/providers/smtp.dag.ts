import { cron, dag } from "millrace";
import { mailNotifier, sendMail } from "@millrace/provider-smtp";

/** What mails look like in a DAG. The regions are the examples of the reference page. */
export const smtpExamples = dag(
  "smtp_examples",
  {
    schedule: cron("0 6 * * *"),
    tags: ["example"],
    // #region mailNotifier
    onFailure: mailNotifier({ to: "ops@example.com", baseUrl: "https://millrace.example.com" }),
    // #endregion
  },
  ({ task }) => {
    // #region sendMail
    task(
      "send_report",
      sendMail({
        connection: "smtp_default",
        to: ["ada@example.com", "Otto <otto@example.com>"],
        subject: "Orders of {{ ds }}",
        text: "The report of {{ ds }} is attached.",
        html: "<p>The report of <b>{{ ds }}</b> is attached.</p>",
        attachments: ["/data/reports/{{ ds }}.csv"],
      }),
    );
    // #endregion
  },
);
