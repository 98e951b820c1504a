// Entry of the process that runs the code of pages. It ends when its IPC channel closes.
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { flushCompileCache } from "node:module";
import { basename } from "node:path";
import { ERROR_TABLE, findPages, MillraceError, type ErrorCode, type PageDefinition } from "@millrace/core";
import { createNetwork } from "../network/guarded-network.ts";
import { evaluateBundle } from "../worker/bundle-cache.ts";
import { endChildren } from "../worker/end-children.ts";
import type { WireError } from "../worker/protocol.ts";
import { makePageContext } from "./make-page-context.ts";
import type { FromPageProcess, PageReads, PageRequest, ToPageProcess } from "./page-protocol.ts";

const exit = process.exit.bind(process);
const bundles = new Map<string, ReadonlyMap<string, PageDefinition>>();
const waiting = new Map<number, PromiseWithResolvers<unknown>>();
const children = new Set<ChildProcess>();
let calls = 0;

process.setSourceMapsEnabled(true);
process.on("disconnect", () => {
  endChildren(children);
  exit(0);
});
process.on("uncaughtException", (error) => end(`an error was thrown in a timer or event: ${wordsOf(error)}`));
process.on("unhandledRejection", (error) => end(`a promise that nobody awaits was rejected: ${wordsOf(error)}`));
process.exit = (code?: number | string | null): never =>
  end(`its code calls process.exit(${code ?? ""}); return or throw instead`);
subscribe("child_process", (message) => {
  const child = (message as { readonly process: ChildProcess }).process;
  children.add(child);
  child.once("exit", () => children.delete(child));
  child.once("error", () => children.delete(child));
});
process.on("message", (message: ToPageProcess) => {
  if (message.k === "answer") return settle(message);
  return void compute(message.request).then(say, (error: unknown) => say({ k: "failed", message: wordsOf(error) }));
});
// A process that is killed writes no cache at its end.
flushCompileCache();
say({ k: "ready" });

function say(message: FromPageProcess): void {
  process.send?.(message);
}

/** IPC writes of a child are synchronous, so the last words arrive. */
function end(message: string): never {
  say({ k: "ending", message });
  endChildren(children);
  return exit(1);
}

async function compute(request: PageRequest): Promise<FromPageProcess> {
  const { pageId, params, now, network, maxChars } = request;
  const page = pagesOf(request).get(pageId);
  if (page === undefined) throw new Error(`its DAG file ${basename(request.file)} exports no page ${pageId} here`);
  const startedMs = performance.now();
  const over = new AbortController();
  try {
    const context = makePageContext({
      pageId,
      params,
      now: () => now + Math.round((performance.now() - startedMs) * 1_000),
      signal: over.signal,
      fetch: (input, init) => createNetwork(network).fetch(input, init),
      reads,
    });
    const panels: unknown = await page.data(context as never);
    const json = JSON.stringify(panels) ?? "null";
    if (json.length <= maxChars) return { k: "made", json };
    throw new Error(
      `its panels are ${json.length} characters of JSON, more than the ${maxChars} that a page may have: show less`,
    );
  } finally {
    over.abort(new Error("the page has been computed"));
    endChildren(children);
  }
}

function pagesOf({ bundleHash, code, file }: PageRequest): ReadonlyMap<string, PageDefinition> {
  const known = bundles.get(bundleHash);
  if (known !== undefined) return known;
  if (code === undefined) throw new Error(`the code of ${basename(file)} is not in this process any more`);
  const pages = new Map(
    findPages(evaluateBundle(code, { dagFile: file, bundleHash })).map((page) => [page.pageId, page]),
  );
  bundles.set(bundleHash, pages);
  return pages;
}

const ask = <Method extends keyof PageReads>(method: Method): PageReads[Method] =>
  // Every method has one argument and answers later; which, its own signature says.
  ((...args: readonly unknown[]) => {
    const answer = Promise.withResolvers<unknown>();
    calls += 1;
    waiting.set(calls, answer);
    say({ k: "call", call: calls, method, args });
    return answer.promise;
  }) as unknown as PageReads[Method];

const reads: PageReads = {
  variable: ask("variable"),
  connection: ask("connection"),
  runs: ask("runs"),
  instances: ask("instances"),
  results: ask("results"),
  assetEvents: ask("assetEvents"),
};

function settle({ call, value, error }: ToPageProcess & { readonly k: "answer" }): void {
  const answer = waiting.get(call);
  waiting.delete(call);
  if (error === undefined) answer?.resolve(value);
  else answer?.reject(errorFrom(error));
}

function errorFrom({ code, message, name }: WireError): Error {
  if (code !== undefined && code in ERROR_TABLE) return new MillraceError(code as ErrorCode, message);
  return Object.assign(new Error(message), { name });
}

/** What an error says, and where in the DAG file, as far as that is known. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${String(error)}, which is not an Error`;
  const name = error.name === "Error" || error.name === "MillraceError" ? "" : `${error.name}: `;
  const frame = error.stack
    ?.split("\n")
    .find((line) => /^\s*at /.test(line) && !/node:|node_modules|[/\\]engine[/\\]src[/\\]/.test(line));
  const place = frame?.match(/([^/\\()\s]+:\d+):\d+\)?$/)?.[1];
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${name}${error.message}${cause}${place === undefined ? "" : ` (at ${place})`}`;
}
