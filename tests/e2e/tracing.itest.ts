import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTracing, type Tracing } from "../../packages/millrace/src/system/start-tracing.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAG = `
import { trace } from "@opentelemetry/api";
import { dag } from "@millrace/core";
export default dag("traced", {}, ({ task }) => {
  const first = task("first", { retries: 1, retryDelay: "0s" }, async (_, { tryNumber, traceparent }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const span = trace.getTracer("mine").startSpan("my own work");
    span.end();
    if (tryNumber === 1) throw new Error("not yet");
    return traceparent;
  });
  task("second", { input: { first }, isolation: "process" }, ({ first }) => first);
});`;

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly service: string;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<SentSpan, "service">[] }[];
  }[];
}

const spans: SentSpan[] = [];
const receiver = createServer((request, response) => {
  void readBody(request).then((body) => {
    for (const { resource, scopeSpans } of (JSON.parse(body) as Sent).resourceSpans) {
      const service = String(resource.attributes.find(({ key }) => key === "service.name")?.value["stringValue"]);
      for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ ...span, service })));
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
let engine: EngineHarness;
let tracing: Tracing;

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  tracing = (await startTracing(configured(`http://127.0.0.1:${port}/v1/traces`)))!;
  engine = await startEngine({ tracer: tracing.runs, executor: { tracing: tracing.workers } });
});
afterAll(async () => {
  await engine.stop();
  await tracing.runs.stop();
  receiver.close();
});

function configured(otlpEndpoint: string | undefined, sampleRatio = 1): Parameters<typeof startTracing>[0] {
  return { tracing: { otlpEndpoint, sampleRatio }, core: { environment: "test" } } as Parameters<
    typeof startTracing
  >[0];
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

const find = (name: string): readonly SentSpan[] => spans.filter((span) => span.name === name);
const attribute = ({ attributes }: SentSpan, key: string): unknown =>
  Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];

test("a run, its tries, their code and what that code traces itself are one trace, across processes and retries", async () => {
  await engine.deploy(DAG);
  const { runId, runKey } = await engine.trigger("traced");
  expect(await engine.ended(runId)).toBe("success");
  await expect.poll(() => find("code second").length + find("run traced").length, { timeout: 10_000 }).toBe(2);
  await expect.poll(() => find("try second").length, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => find("code first").length + find("my own work").length, { timeout: 10_000 }).toBe(4);

  const [run] = find("run traced");
  expect(run?.parentSpanId ?? "").toBe("");
  expect(run?.service).toBe("millrace-scheduler");
  expect(attribute(run, "millrace.run_id")).toBe(runKey);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([run?.traceId]));

  const tries = find("try first").toSorted((a, b) => (a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1));
  expect(tries.map((span) => [attribute(span, "millrace.try_number"), span.status.code ?? 0])).toEqual([
    [1, 2],
    [2, 0],
  ]);
  expect(tries.every((span) => span.parentSpanId === run?.spanId)).toBe(true);
  expect(tries.every((span) => BigInt(span.startTimeUnixNano) < BigInt(span.endTimeUnixNano))).toBe(true);

  const codes = find("code first");
  expect(new Set(codes.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set(tries.map(({ spanId }) => spanId)));
  expect(codes.every(({ service }) => service === "millrace-worker")).toBe(true);
  expect(new Set(find("my own work").map(({ parentSpanId }) => parentSpanId))).toEqual(
    new Set(codes.map(({ spanId }) => spanId)),
  );

  const told = await engine.store.queries.findXCom({ runId, taskId: "second", mapIndex: -1 });
  const second = codes.find(({ parentSpanId }) => parentSpanId === tries[1]?.spanId);
  expect(JSON.parse(told?.json ?? "")).toBe(`00-${run?.traceId}-${second?.spanId}-01`);
});

test("without a receiver, or for no run at all, nothing of tracing is made", async () => {
  expect(await startTracing(configured(undefined))).toBeUndefined();
  expect(await startTracing(configured("http://127.0.0.1:9/v1/traces", 0))).toBeUndefined();
});
