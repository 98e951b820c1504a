import type { Micros } from "@millrace/core";
import type { KnownType } from "./known-type.ts";
import { awsType } from "./types/aws-type.ts";
import { HTTP_TYPE } from "./types/http-type.ts";
import { KAFKA_TYPE } from "./types/kafka-type.ts";
import { MONGO_TYPE } from "./types/mongo-type.ts";
import { PLAIN_TYPES } from "./types/plain-types.ts";
import { REDIS_TYPE } from "./types/redis-type.ts";
import { SLACK_TYPE, SLACK_WEBHOOK_TYPE } from "./types/slack-type.ts";
import { SMTP_TYPE } from "./types/smtp-type.ts";
import { SSH_TYPE } from "./types/ssh-type.ts";

/** Every type of connections but those that need a client of their own. @param now for signatures, which are good for minutes */
export function standardConnectionTypes(now: () => Micros): readonly KnownType[] {
  return [
    HTTP_TYPE,
    REDIS_TYPE,
    SMTP_TYPE,
    KAFKA_TYPE,
    MONGO_TYPE,
    SSH_TYPE,
    awsType(now),
    SLACK_TYPE,
    SLACK_WEBHOOK_TYPE,
    ...PLAIN_TYPES,
  ];
}
