import { ERROR_TABLE, MillraceError, type Dispatch, type ErrorCode, type Micros, type Report } from "@millrace/core";

const ROOT = "/api/millrace/v1/execution";
const REQUEST_MS = 30_000;

/** What a heartbeat is answered with. */
export interface Heartbeat {
  /** The start of the dispatch is committed. */
  readonly running: boolean;
  readonly stop?: string;
  /** By the database's clock. */
  readonly now: Micros;
}

/** The execution API as a worker uses it. Every call is made in the name of one dispatch, and dies with it: MillraceError DISPATCH_DEAD. */
export interface ExecutionClient {
  /** @throws MillraceError CONFLICT when another worker has it, DISPATCH_DEAD */
  claim(dispatchId: string, workerId: string): Promise<{ readonly dispatch: Dispatch; readonly now: Micros }>;
  heartbeat(dispatchId: string): Promise<Heartbeat>;
  /** Durable when it resolves. */
  report(dispatchId: string, report: Report): Promise<void>;
  /** @returns how many lines the server has. */
  pushLog(dispatchId: string, push: { readonly from: number; readonly lines: readonly string[] }): Promise<number>;
  /** One of the questions of `WorkerCalls`, by its name. */
  ask(dispatchId: string, question: { readonly method: string; readonly args: object }): Promise<unknown>;
  getBlob(dispatchId: string, key: string): Promise<string>;
  putBlob(dispatchId: string, key: string, text: string): Promise<void>;
}

/** Speaks to the execution API of a server. @param serverUrl like `https://millrace.example.org` */
export function createExecutionClient(serverUrl: string): ExecutionClient {
  const send = async (dispatchId: string, path: string, given: Given = {}): Promise<Response> => {
    const { json, text, method = "POST" } = given;
    const body = json === undefined ? text : JSON.stringify(json);
    let response: Response;
    try {
      response = await fetch(new URL(ROOT + path, serverUrl), {
        method,
        headers: {
          authorization: `Bearer ${dispatchId}`,
          ...(body !== undefined && { "content-type": json === undefined ? "text/plain" : "application/json" }),
        },
        ...(body !== undefined && { body }),
        redirect: "error",
        signal: AbortSignal.timeout(REQUEST_MS),
      });
    } catch (cause) {
      throw new MillraceError("STORE_UNAVAILABLE", `the server ${serverUrl} does not answer`, { cause });
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  };
  const ask = async <T>(dispatchId: string, path: string, json: object = {}): Promise<T> =>
    (await (await send(dispatchId, path, { json })).json()) as T;
  return {
    claim: async (dispatchId, workerId) => await ask(dispatchId, "/claim", { workerId }),
    heartbeat: async (dispatchId) => await ask(dispatchId, "/heartbeat"),
    report: async (dispatchId, report) => void (await send(dispatchId, "/report", { json: { report } })),
    pushLog: async (dispatchId, push) => (await ask<{ readonly lines: number }>(dispatchId, "/log", push)).lines,
    ask: async (dispatchId, { method, args }) =>
      (await ask<{ readonly value?: unknown }>(dispatchId, `/ask/${method}`, args)).value,
    getBlob: async (dispatchId, key) =>
      await (await send(dispatchId, `/blob?key=${encodeURIComponent(key)}`, { method: "GET" })).text(),
    putBlob: async (dispatchId, key, text) =>
      void (await send(dispatchId, `/blob?key=${encodeURIComponent(key)}`, { method: "PUT", text })),
  };
}

interface Given {
  readonly json?: object;
  readonly text?: string;
  readonly method?: "GET" | "POST" | "PUT";
}

async function errorOf(response: Response): Promise<MillraceError> {
  const body = (await response.json().catch(() => ({}))) as { readonly code?: string; readonly detail?: string };
  const code = body.code !== undefined && body.code in ERROR_TABLE ? (body.code as ErrorCode) : undefined;
  const message = body.detail ?? `the server answered ${response.status}`;
  if (code !== undefined) return new MillraceError(code, message);
  // What a proxy or a server that is overloaded says is worth another try; a refusal is not.
  return new MillraceError(
    response.status >= 500 || response.status === 429 ? "STORE_UNAVAILABLE" : "BAD_ARGUMENT",
    message,
  );
}
