import type { KnownType } from "./known-type.ts";
import { HTTP_TYPE } from "./types/http-type.ts";
import { MONGO_TYPE } from "./types/mongo-type.ts";
import { PLAIN_TYPES } from "./types/plain-types.ts";
import { REDIS_TYPE } from "./types/redis-type.ts";
import { SSH_TYPE } from "./types/ssh-type.ts";

/** The types of connections that need no client of their own; others come with providers. */
export const STANDARD_CONNECTION_TYPES: readonly KnownType[] = [
  HTTP_TYPE,
  REDIS_TYPE,
  MONGO_TYPE,
  SSH_TYPE,
  ...PLAIN_TYPES,
];
