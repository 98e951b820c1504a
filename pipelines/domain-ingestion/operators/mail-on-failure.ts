import { type CallbackContext, notifier } from "millrace";
import { slackNotifier } from "@millrace/provider-slack";
import { openMailOutbox } from "../service/mail-outbox.ts";
import { type Mail, failureMail } from "../steps/failure-mail.ts";

/** Options of {@link mailOnFailure}, as Jinja texts. */
export interface MailOnFailureOptions {
  /** Mail addresses, separated by commas. */
  readonly to: string;
  /** Where mails go: `smtp:<id of a connection>` or `file:<folder>`. */
  readonly outbox: string;
  /** Id of a connection of the type slack or slackwebhook. Empty: Slack is not told. */
  readonly slack: string;
}

/** Mails people about a task that failed with no try left, once for each failure: `email_on_failure` of Airflow. */
export const mailOnFailure = notifier({
  name: "MailOnFailure",
  notify: async (options: MailOnFailureOptions, ctx) => {
    const { dagId, runId, taskId = "", mapIndex = -1, tryNumber = 1, logicalDate, reason = "no reason is known" } = ctx;
    const [to, address] = [await ctx.render(options.to), await ctx.render(options.outbox)];
    const failure = { dagId, runId, taskId, mapIndex, tryNumber, logicalDate, reason };
    const mail = failureMail(failure, to);
    // Neither way of telling people may keep the other from being tried.
    const slack = await Promise.allSettled([tellSlack(await ctx.render(options.slack), mail, ctx)]);
    const outbox = openMailOutbox(address, { nowMs: Date.now, baseFolder: process.cwd(), ctx });
    const receipt = await outbox.send(mail);
    ctx.log.info("failure mailed", { to, subject: mail.subject, outbox: address, receipt });
    for (const end of slack) if (end.status === "rejected") throw end.reason;
  },
});

async function tellSlack(connection: string, { subject }: Mail, ctx: CallbackContext): Promise<void> {
  if (connection === "") return;
  await slackNotifier({ connection, text: subject }).notify(ctx);
  ctx.log.info("failure told to Slack", { connection });
}
