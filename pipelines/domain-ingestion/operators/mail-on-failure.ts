import { notifier } from "millrace";
import { openMailOutbox } from "../service/mail-outbox.ts";
import { failureMail } from "../steps/failure-mail.ts";

/** Options of {@link mailOnFailure}, as Jinja texts. */
export interface MailOnFailureOptions {
  /** Mail addresses, separated by commas. */
  readonly to: string;
  /** Where mails go: `file:<folder>`. */
  readonly outbox: string;
}

/** Mails people about a task that failed with no try left, once for each failure: `email_on_failure` of Airflow. */
export const mailOnFailure = notifier({
  name: "MailOnFailure",
  notify: async (options: MailOnFailureOptions, ctx) => {
    const { dagId, runId, taskId = "", mapIndex = -1, tryNumber = 1, logicalDate, reason = "no reason is known" } = ctx;
    const [to, address] = [await ctx.render(options.to), await ctx.render(options.outbox)];
    const outbox = openMailOutbox(address, { nowMs: Date.now, baseFolder: process.cwd() });
    const mail = failureMail({ dagId, runId, taskId, mapIndex, tryNumber, logicalDate, reason }, to);
    const receipt = await outbox.send(mail);
    ctx.log.info("failure mailed", { to, subject: mail.subject, outbox: address, receipt });
  },
});
