import { setTimeout as wait } from "node:timers/promises";
import { MillraceError, parseDuration, type Connection, type Duration, type RunContext } from "@millrace/core";
import { groupPath, type PushGroup } from "./group-path.ts";
import { metricText, type Metric } from "./metric-text.ts";
import { errorOfFailure, errorOfStatus } from "./prometheus-error.ts";
import { serverOf, type PrometheusServer } from "./prometheus-server.ts";
import { readQueryAnswer, type QueryResult } from "./query-result.ts";

const TIMEOUT: Duration = "5s";
const PAUSES_MS: readonly number[] = [200, 1_000];

/** What the hook needs of the context of a task or a callback. */
export type PrometheusContext = Pick<RunContext, "connection" | "fetch" | "log" | "signal">;

/** A connection or its id, or the plain address of a server without a login. */
export type PrometheusTarget = { readonly connection: Connection | string } | { readonly url: string };

/** What is pushed. */
export interface PushRequest extends PushGroup {
  readonly metrics: readonly Metric[];
  /** Added to every sample. */
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  /** `PUT` (default) replaces all metrics of the group; `POST` only those with the same names. */
  readonly method?: "PUT" | "POST";
}

/** A Pushgateway or a Prometheus server. All requests are repeatable, and are tried three times when no answer or a 5xx comes. */
export interface PrometheusClient extends AsyncDisposable {
  /** Where it leads to, without a login. */
  readonly base: string;
  /** Pushes the metrics of a group. @returns how many bytes went out */
  push(request: PushRequest): Promise<number>;
  /** Removes all metrics of a group; one that is not there is fine. */
  deleteGroup(group: PushGroup): Promise<void>;
  /** Evaluates an expression once, now or at `time` (RFC 3339 or seconds). @throws Permanent for an expression that does not parse */
  query(expression: string, time?: string | number): Promise<QueryResult>;
}

/**
 * Opens a client for a Pushgateway or a Prometheus server.
 *
 * @param options.timeout of each request. Default `5s`.
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that makes no address. The client's methods throw Permanent for what
 *   another try cannot change, RetryAfter where the server names a time, otherwise MillraceError UNREACHABLE or TIMEOUT.
 * @example await using gateway = await openPrometheus({ url: "http://pushgateway:9091" }, { ctx });
 */
export async function openPrometheus(
  target: PrometheusTarget,
  { ctx, timeout = TIMEOUT }: { readonly ctx: PrometheusContext; readonly timeout?: Duration },
): Promise<PrometheusClient> {
  const server = serverOf(await lookUp(target, ctx));
  const asking = { server, ctx, timeout };
  return {
    base: server.base,
    push: async ({ metrics, labels, method = "PUT", ...group }) => {
      const body = await metricText(metrics, labels);
      const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
      await ask({ method, path: groupPath(group), body, headers }, asking);
      return Buffer.byteLength(body);
    },
    deleteGroup: async (group) => void (await ask({ method: "DELETE", path: groupPath(group) }, asking)),
    query: async (expression, time) => {
      const form = new URLSearchParams({ query: expression, ...(time !== undefined && { time: String(time) }) });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const text = await ask({ method: "POST", path: "/api/v1/query", body: form.toString(), headers }, asking);
      return readQueryAnswer(text, `POST ${server.base}/api/v1/query`);
    },
    // Requests are by fetch, whose connections are shared by the process: there is nothing to let go.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function lookUp(target: PrometheusTarget, ctx: PrometheusContext): Promise<Connection | string> {
  if ("url" in target) return target.url;
  return typeof target.connection === "string" ? await ctx.connection(target.connection) : target.connection;
}

interface Request {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asking {
  readonly server: PrometheusServer;
  readonly ctx: PrometheusContext;
  readonly timeout: Duration;
}

async function ask(request: Request, asking: Asking): Promise<string> {
  for (const pause of PAUSES_MS) {
    const answer = await askOnce(request, asking);
    if (typeof answer === "string") return answer;
    if (!isTransient(answer)) throw answer;
    asking.ctx.log.debug(`${answer.message}; again in ${pause} ms`);
    await wait(pause, undefined, { signal: asking.ctx.signal });
  }
  const answer = await askOnce(request, asking);
  if (typeof answer === "string") return answer;
  throw answer;
}

function isTransient(error: Error): boolean {
  return error instanceof MillraceError && error.code === "UNREACHABLE";
}

/** @returns the text of a success, or what went wrong */
async function askOnce(request: Request, { server, ctx, timeout }: Asking): Promise<string | Error> {
  const { method, path, body } = request;
  const asked = `${method} ${server.base}${path}`;
  const late = AbortSignal.timeout(parseDuration(timeout) / 1_000);
  try {
    const answer = await ctx.fetch(`${server.base}${path}`, {
      method,
      headers: { ...server.headers, ...request.headers },
      redirect: "error",
      signal: AbortSignal.any([ctx.signal, late]),
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    if (answer.ok) return text;
    return errorOfStatus({ asked, status: answer.status, text, retryAfter: answer.headers.get("retry-after") });
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (late.aborted)
      return new MillraceError("TIMEOUT", `${asked} did not answer within its timeout of ${timeout}`, { cause: error });
    return errorOfFailure(asked, error);
  }
}
