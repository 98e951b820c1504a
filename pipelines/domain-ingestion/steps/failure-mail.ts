import { createHash } from "node:crypto";

/** A task that failed with no try left. */
export interface TaskFailure {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  /** −1 = not mapped. */
  readonly mapIndex: number;
  readonly tryNumber: number;
  /** ISO instant. */
  readonly logicalDate: string;
  readonly reason: string;
}

/** A message to people. */
export interface Mail {
  /** The same for the same failure, however often it is told: an outbox takes it once. Letters, digits, dots, hyphens, underscores. */
  readonly id: string;
  readonly to: string;
  /** One line of ASCII. */
  readonly subject: string;
  readonly body: string;
}

/** The mail that tells `to` of a failure. */
export function failureMail(failure: TaskFailure, to: string): Mail {
  const { dagId, runId, taskId, mapIndex, tryNumber, logicalDate, reason } = failure;
  const index = mapIndex < 0 ? "" : `[${mapIndex}]`;
  const date = new Date(logicalDate).toISOString();
  const key = createHash("sha256")
    .update(JSON.stringify([dagId, runId, taskId, mapIndex, tryNumber]))
    .digest("hex");
  const logs = ["millrace", "tasks", "logs", dagId, taskId, runId, ...(mapIndex < 0 ? [] : ["--map-index", mapIndex])];
  return {
    id: `${date.replace(/[-:]|\.\d+/g, "")}-${taskId.slice(0, 100)}-${key.slice(0, 12)}`,
    to,
    subject: `Millrace alert: ${dagId}.${taskId}${index} failed`,
    body: [
      `Task ${taskId}${index} of ${dagId} failed in try ${tryNumber}; no try is left.`,
      "",
      `Run:            ${runId}`,
      `Execution date: ${date}`,
      `Reason:         ${reason}`,
      "",
      `Its log: ${logs.join(" ")} --try ${tryNumber}`,
    ].join("\n"),
  };
}

/** A mail in the format that mail programs read (`.eml`). `sentAt` is an ISO instant. */
export function mailText(mail: Mail, sentAt: string): string {
  const headers = [
    "From: Millrace <millrace@localhost>",
    `To: ${mail.to}`,
    `Subject: ${mail.subject}`,
    `Date: ${new Date(sentAt).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${mail.id}@millrace.localhost>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
  ];
  return `${headers.join("\r\n")}\r\n\r\n${mail.body.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`;
}
