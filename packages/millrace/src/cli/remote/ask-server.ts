import {
  makeDecoder,
  type AnswerOf,
  type CallInput,
  type Convert,
  type MillraceClient,
  type Operation,
  type Plain,
} from "@millrace/api";
import { isMillraceError } from "@millrace/core";

const decoders = new Map<Operation, Convert>();

/** Calls an operation; instants of its answer are Micros. @throws MillraceError as the client's `call` */
export async function askServer<const O extends Operation>(
  client: MillraceClient,
  operation: O,
  input: CallInput<O>,
): Promise<Plain<AnswerOf<O>>> {
  const decode =
    decoders.get(operation) ?? (operation.answer ? makeDecoder(operation.answer) : (value: unknown) => value);
  decoders.set(operation, decode);
  // The client's types leave out inputs that need not be given; at run time they are one object.
  const call = client.call as (operation: Operation, input: unknown) => Promise<unknown>;
  return decode(await call(operation, input)) as Plain<AnswerOf<O>>;
}

/** Undefined instead of NOT_FOUND. */
export async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMillraceError(error) && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
