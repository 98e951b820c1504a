import { MillraceError, ERROR_TABLE, type ErrorCode, type WorkerCalls } from "@millrace/core";
import type { BundlePlace, CallMethod, FromWorker, ToWorker, WireError } from "./protocol.ts";

/** {@link WorkerCalls} from inside a worker, where the code of a bundle lies in a file. */
export type EngineClient = Omit<WorkerCalls, "bundle"> & { bundle(hash: string): Promise<BundlePlace> };

/** Asks the engine over IPC. @returns the client, and what takes the answers. */
export function createEngineClient(send: (message: FromWorker) => void): {
  readonly client: EngineClient;
  readonly settle: (answer: ToWorker & { readonly k: "answer" }) => void;
} {
  const waiting = new Map<
    number,
    { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }
  >();
  let calls = 0;
  const ask =
    <T>(method: CallMethod) =>
    (...args: readonly unknown[]): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        calls += 1;
        waiting.set(calls, { resolve, reject });
        send({ k: "call", call: calls, method, args });
      });
  return {
    client: {
      bundle: ask("bundle"),
      results: ask("results"),
      datedResults: ask("datedResults"),
      assetEvents: ask("assetEvents"),
      variable: ask("variable"),
      connection: ask("connection"),
      trigger: ask("trigger"),
      clearRun: ask("clearRun"),
      previousSuccess: ask("previousSuccess"),
      stateOf: ask("stateOf"),
      look: ask("look"),
    },
    settle(answer) {
      const call = waiting.get(answer.call);
      waiting.delete(answer.call);
      if (answer.error === undefined) call?.resolve(answer.value as never);
      else call?.reject(errorFrom(answer.error));
    },
  };
}

function errorFrom(wire: WireError): Error {
  if (wire.code !== undefined && wire.code in ERROR_TABLE)
    return new MillraceError(wire.code as ErrorCode, wire.message);
  return Object.assign(new Error(wire.message), { name: wire.name });
}
