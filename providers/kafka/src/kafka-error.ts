import { isMillraceError, MillraceError, Permanent, readSignal } from "@millrace/core";
import type { KafkaSettings } from "./kafka-settings.ts";

/** Answers of brokers that another try cannot change, and what to do about them. */
const PERMANENT: Readonly<Record<string, string>> = {
  SASL_AUTHENTICATION_FAILED: "the login was refused: correct login and password of the connection",
  UNSUPPORTED_SASL_MECHANISM: "the broker does not know this sasl.mechanism: correct it in the connection",
  ILLEGAL_SASL_STATE: "the broker expects another login: correct security_protocol of the connection",
  TOPIC_AUTHORIZATION_FAILED: "the user may not do this with the topic: let an administrator of the cluster allow it",
  GROUP_AUTHORIZATION_FAILED: "the user may not use this group: let an administrator of the cluster allow it",
  CLUSTER_AUTHORIZATION_FAILED: "the user may not do this: let an administrator of the cluster allow it",
  MESSAGE_TOO_LARGE: "a message is larger than the topic takes (its setting max.message.bytes)",
  RECORD_LIST_TOO_LARGE: "a message is larger than the topic takes (its setting max.message.bytes)",
  UNKNOWN_TOPIC_OR_PARTITION: "there is no such topic or partition: create it, for example with kafkaTopics",
  INVALID_TOPIC_EXCEPTION: "this is no name of a topic: letters, digits, dots, dashes and underscores are allowed",
  INVALID_PARTITIONS: "this is no number of partitions that the topic can have",
  INVALID_REPLICATION_FACTOR: "the cluster has fewer brokers than the topic is to have replicas",
  INVALID_CONFIG: "the cluster does not take this setting of a topic",
  INVALID_REQUEST: "the broker takes the request for malformed",
  INVALID_GROUP_ID: "this is no name of a group",
  INVALID_RECORD: "the broker refuses a message, for example one without a key on a compacted topic",
  POLICY_VIOLATION: "a policy of the cluster forbids it",
  TOPIC_DELETION_DISABLED: "the cluster does not let topics be deleted (delete.topic.enable)",
  INVALID_SESSION_TIMEOUT:
    "the broker does not take this sessionTimeout (its settings group.min.session.timeout.ms and group.max…)",
  UNSUPPORTED_VERSION: "the broker is too old or too new for this client",
};

/** What the client says of a broker that cannot be asked. */
const LOST: ReadonlySet<string> = new Set(["PLT_KFK_NETWORK", "PLT_KFK_TIMEOUT"]);

/** What Node says of a certificate that it does not take, and what to do about it. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["CERT_UNTRUSTED", "CERT_REJECTED", "CERT_SIGNATURE_FAILURE", "DEPTH_ZERO_SELF_SIGNED_CERT", "INVALID_CA"],
      ...["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_ISSUER_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ].map((code) => [
      code,
      "the broker's certificate is of no authority that is trusted: give ssl.ca.pem of the connection",
    ]),
  ),
  CERT_HAS_EXPIRED: "the broker's certificate has expired",
  CERT_NOT_YET_VALID: "the broker's certificate is not valid yet",
  CERT_REVOKED: "the broker's certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "the broker's certificate is for another host: correct the host, or give ssl.server.name of the connection",
};

/** What was asked of whom when an error came. */
export interface Asked {
  /** Ends the sentence "… was asked to": `write to the topic orders`. */
  readonly what: string;
  readonly settings: Pick<KafkaSettings, "servers" | "user">;
}

/**
 * The error to throw for one that the client threw: Permanent for what another try cannot change, otherwise MillraceError UNREACHABLE, TIMEOUT or
 * TASK_FAILED. What is one of these already, or a signal of a body, comes back as it is.
 */
export function kafkaError(error: unknown, { what, settings }: Asked): Error {
  if (isMillraceError(error) || readSignal(error) !== undefined) return error as Error;
  const chain = chainOf(error);
  const asked = `Kafka at ${settings.servers} was asked ${settings.user === undefined ? "" : `by ${settings.user} `}to ${what}`;
  const answer = answerOf(chain);
  if (answer !== undefined) return permanent(`${asked}: ${PERMANENT[answer.id] ?? answer.id}${answer.more}`, error);
  const refused = chain.find(({ code = "" }) => code in CERTIFICATE)?.code;
  if (refused !== undefined) return permanent(`${asked}: ${CERTIFICATE[refused]} (${refused})`, error);
  if (chain.some(({ code, message }) => code === "PLT_KFK_USER" && message === "Broker requires TLS."))
    return permanent(
      `${asked}: the broker wants TLS: set security_protocol of the connection to SSL or SASL_SSL`,
      error,
    );
  const unready = chain.find(({ apiId, canRetry }) => apiId !== undefined && canRetry === true);
  if (unready !== undefined)
    return new MillraceError("UNREACHABLE", `${asked}, and is not ready: ${unready.message} (${unready.apiId})`, {
      cause: error,
    });
  const codes = chain.map(({ code }) => code);
  if (codes.includes("PLT_KFK_TIMEOUT"))
    return new MillraceError("TIMEOUT", `${asked}, and has not answered`, { cause: error });
  if (codes.includes("PLT_KFK_NETWORK"))
    return new MillraceError("UNREACHABLE", `${asked}, and cannot be reached: ${reasonOf(chain)}`, { cause: error });
  return new MillraceError("TASK_FAILED", `${asked}: ${chain.at(-1)?.message ?? String(error)}`, { cause: error });
}

function permanent(message: string, cause: unknown): Permanent {
  return Object.assign(new Permanent(message), { cause });
}

/** The broker's answer for which the client threw, by its name in the protocol; undefined when it did not answer. */
export function answerName(error: unknown): string | undefined {
  return chainOf(error).find(({ apiId }) => apiId !== undefined)?.apiId;
}

interface Link extends Error {
  readonly code?: string;
  /** The name of the broker's answer in the protocol. */
  readonly apiId?: string;
  readonly canRetry?: boolean;
  readonly serverErrorMessage?: string | null;
  readonly errors?: readonly unknown[];
}

/** The error, what it was caused by and what it bundles, outermost first. */
function chainOf(error: unknown): readonly Link[] {
  if (!(error instanceof Error)) return [];
  const link = error as Link;
  return [link, ...(link.errors ?? []).flatMap(chainOf), ...chainOf(link.cause)];
}

function answerOf(chain: readonly Link[]): { readonly id: string; readonly more: string } | undefined {
  const link = chain.find(({ apiId }) => apiId !== undefined && apiId in PERMANENT);
  if (link?.apiId !== undefined)
    return { id: link.apiId, more: link.serverErrorMessage ? ` (${link.serverErrorMessage})` : "" };
  const login = chain.findIndex(({ code }) => code === "PLT_KFK_AUTHENTICATION");
  // The client calls a login refused, too, in the middle of which the connection was lost: that says nothing about the password.
  if (login !== -1 && !chain.slice(login).some(({ code = "" }) => LOST.has(code)))
    return { id: "SASL_AUTHENTICATION_FAILED", more: "" };
  const unknown = chain.find(({ code, message }) => code === "PLT_KFK_USER" && message.startsWith("Unknown topic"));
  return unknown && { id: "UNKNOWN_TOPIC_OR_PARTITION", more: ` (${unknown.message})` };
}

function reasonOf(chain: readonly Link[]): string {
  const reason = chain.map(({ message }) => message).findLast((message) => message !== "") ?? "no reason was given";
  // A broker that wants a login, TLS or a certificate hangs up on who brings none, without a word; and so does one without TLS on who begins with it.
  const isUnwanted =
    reason === "Connection closed" || reason.startsWith("Client network socket disconnected before secure");
  return isUnwanted
    ? "it hung up, as a broker does that wants another security_protocol, or a certificate (ssl.certificate.pem)"
    : reason;
}
