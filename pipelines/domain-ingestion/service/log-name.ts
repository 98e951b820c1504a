import { KafkaPublishError } from "../steps/pipeline-errors.ts";

const NAME = /^[A-Za-z0-9._-]{1,200}$/;

/** `name` itself when it can be a topic or a consumer, and so a folder. @throws KafkaPublishError otherwise. */
export function checkLogName(name: string, what: "topic" | "consumer"): string {
  if (NAME.test(name) && name !== "." && name !== "..") return name;
  throw new KafkaPublishError(`"${name}" is no ${what} name: it has letters, digits, dots, underscores and hyphens`, {
    name,
  });
}
