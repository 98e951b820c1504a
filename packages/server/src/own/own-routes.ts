import { makeEncoder, type AnswerOf, type InputOf, type Operation, type Plain } from "@millrace/api";
import type { Call } from "../http/call.ts";
import { Reply } from "../http/reply.ts";
import type { Route } from "../http/route.ts";
import { makeOwnReader } from "./read-own-input.ts";

/** Where Millrace's own API is served. */
export const OWN_ROOT = "/api/millrace/v1";

/** Carries out an operation of Millrace's own API. Instants of its answer are Micros; what the schema does not name is not sent. */
export type OwnHandler<O extends Operation> = (
  call: Call<InputOf<O>["params"], InputOf<O>["query"], InputOf<O>["body"]>,
) => Promise<Plain<AnswerOf<O>> | Reply>;

/** An operation with what carries it out. */
export interface ServedOperation {
  readonly operation: Operation;
  readonly handle: Route["handle"];
}

/** Pairs an operation with its handler, typed by the operation's schemas. */
export function served<O extends Operation>(operation: O, handle: OwnHandler<O>): ServedOperation {
  // The reader checks the input against the schemas that the handler's types are inferred from.
  return { operation, handle: handle as unknown as Route["handle"] };
}

/** The routes of Millrace's own API. */
export function ownRoutes(all: readonly ServedOperation[]): readonly Route[] {
  return all.map(({ operation, handle }) => {
    const { id, method, path, access, status = 200, answer, beforePasswordChange } = operation;
    const encode = answer && makeEncoder(answer);
    return {
      id,
      method,
      url: OWN_ROOT + path.replaceAll(/\{(\w+)\}/g, ":$1"),
      access,
      status,
      readInput: makeOwnReader(operation),
      handle: async (call) => {
        const made = await handle(call);
        return encode && !(made instanceof Reply) ? encode(made) : made;
      },
      ...(beforePasswordChange && { beforePasswordChange }),
      ...(method !== "GET" && { auditEvent: `api.${id}` }),
      ...(path.includes("{dagId}") && { dagParam: "dagId" }),
    };
  });
}
