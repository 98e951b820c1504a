import type { Static, TSchema } from "typebox";
import type { Need } from "./access.ts";

/** HTTP methods of operations. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One thing that a client can ask the server for. Plain data: the server routes by it, the OpenAPI document and the client are made from it. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** Below the API's root, like `/dags/{dag_id}`. */
  readonly path: string;
  /** All of them are needed; none = open to everybody. `login` = any caller that is known. */
  readonly access: readonly Need[] | "login";
  /** True: also for users who must choose a password of their own before they do anything else. */
  readonly beforePasswordChange?: true;
  /** What the operation is for, in a sentence. */
  readonly summary: string;
  /** Heading in the document. */
  readonly tag: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Headers that it understands, and what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it answers with `status`; absent = an empty body. */
  readonly answer?: TSchema;
  /** Default 200. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Media type of an answer that is not JSON, like `text/event-stream`. */
  readonly mediaType?: string;
}

type Of<S> = S extends TSchema ? Static<S> : undefined;

/** Path parameters, query and body of an operation, as a caller gives them. */
export interface InputOf<O extends Operation> {
  readonly params: Of<O["params"]>;
  readonly query: Of<O["query"]>;
  readonly body: Of<O["body"]>;
}

/** What an operation answers. */
export type AnswerOf<O extends Operation> = Of<O["answer"]>;

/** Keeps the types of an operation's schemas. */
export function operation<const O extends Operation>(given: O): O {
  return given;
}
