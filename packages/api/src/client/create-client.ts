import type { V1Operations } from "../v1/contract-types.ts";
import type { V1Id } from "../v1/contract.ts";
import type { AnswerOf, InputOf, Operation } from "../operation.ts";
import { findV1Operation } from "./find-v1-operation.ts";
import { followEvents, type EventsOptions, type ReceivedEvent } from "./follow-events.ts";
import { makeSender, type ClientOptions } from "./send-request.ts";

const OWN_ROOT = "/api/millrace/v1";
const V1_ROOT = "/api/v1";

/** `none`: there is no such part; `optional`: nothing in it is required. */
type Presence<Part> = [Part] extends [undefined]
  ? "none"
  : object extends Part
    ? "optional"
    : string extends keyof Part
      ? "optional"
      : "required";

/** Parts of an input that have nothing required may be left out. */
type Loose<Input> = {
  readonly [Part in keyof Input as Presence<Input[Part]> extends "required" ? Part : never]: Input[Part];
} & {
  readonly [Part in keyof Input as Presence<Input[Part]> extends "optional" ? Part : never]?: Input[Part];
};

/** What a call takes: path parameters, query and body of the operation. */
export type CallInput<O extends Operation> = Loose<InputOf<O>>;

/** What a call to API v1 takes. */
export type V1Input<Id extends V1Id> = Loose<Pick<V1Operations[Id], "path" | "query" | "body">>;

/** How a call differs from others. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** For triggers: the same key gets the same answer, and makes one run. */
  readonly idempotencyKey?: string;
  /** For changes of a run: refused with CONFLICT when the run has another version by now. */
  readonly ifMatch?: string | number;
}

type InputArguments<Input> = object extends Input
  ? [input?: Input, options?: CallOptions]
  : [input: Input, options?: CallOptions];

/** A connection to a Millrace server. */
export interface MillraceClient {
  readonly url: string;
  /**
   * Calls an operation of Millrace's own API.
   *
   * @throws MillraceError with the server's code, message and hint; NO_SERVER when it does not answer
   */
  call<const O extends Operation>(operation: O, ...rest: InputArguments<CallInput<O>>): Promise<AnswerOf<O>>;
  /** Calls an operation of API v1. @throws as {@link call} */
  v1<Id extends V1Id>(id: Id, ...rest: InputArguments<V1Input<Id>>): Promise<V1Operations[Id]["answer"]>;
  /** Calls an operation whose answer is text, a piece at a time. @throws as {@link call} */
  stream<const O extends Operation>(
    operation: O,
    ...rest: InputArguments<CallInput<O>>
  ): Promise<ReadableStream<Uint8Array>>;
  /** Follows what is committed, across lost connections: nothing is missed, nothing comes twice. Ends with `signal`. */
  events(options?: EventsOptions): AsyncGenerator<ReceivedEvent>;
}

interface AnyInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * Makes a client of a Millrace server. Nothing is sent before the first call.
 *
 * @param options.url like `http://localhost:8080`. @throws MillraceError BAD_ARGUMENT when it is none
 */
export function createClient(options: ClientOptions): MillraceClient {
  const send = makeSender(options);
  const request = async (operation: Operation, input: AnyInput = {}, how: CallOptions = {}): Promise<Response> =>
    await send({
      method: operation.method,
      path: OWN_ROOT + fill(operation.path, input.params),
      query: input.query,
      body: input.body,
      ...how,
    });
  return {
    url: options.url,
    call: async (operation, ...[input, how]) => (await readJson(await request(operation, input, how))) as never,
    v1: async (id, ...[input, how]) => {
      const { method, path } = findV1Operation(id);
      const { path: params, query, body } = (input ?? {}) as AnyInput;
      // Some operations prefer text for whoever takes it.
      const headers = { accept: "application/json" };
      const request = { method, path: V1_ROOT + fill(path, params), query, body, headers, ...how };
      return (await readJson(await send(request))) as never;
    },
    stream: async (operation, ...[input, how]) => (await request(operation, input, how)).body ?? new ReadableStream(),
    events: (how = {}) => followEvents(send, how),
  };
}

function fill(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}
