import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { githubSignature } from "../dsl/signatures.ts";
import { variable } from "../dsl/refs.ts";
import { declareWebhook } from "../dsl/declare-webhook.ts";
import { header, pointer } from "../dsl/webhook-values.ts";
import type { GraphWebhook } from "../graph/webhook.ts";
import { confOfBody, dedupeKeyOf, readBody } from "./conf-of-body.ts";

const signature = githubSignature({ secret: variable("s") });
const make = (mapping?: object, options: object = {}): GraphWebhook =>
  declareWebhook("orders", { signature, ...options }, mapping);
const delivered = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  body,
  headers,
  deliveryId: "d1",
});

test("pointers keep types, templates and headers are texts, the rest stays", () => {
  const webhook = make({
    id: pointer("/order/id"),
    first: pointer("/order/lines/0"),
    odd: pointer("/a~1b/~0"),
    none: pointer("/nothing", [1]),
    text: "{{ body.order.id }} by {{ headers['x-user'] }} at {{ webhook.name }} {{ webhook.delivery_id }}",
    user: header("X-User"),
    fixed: { deep: [null, true] },
  });
  const body = { order: { id: 7, lines: [{ sku: "a" }] }, "a/b": { "~": 1 } };
  expect(confOfBody(webhook, {}, delivered(body, { "x-user": "ada" }))).toEqual({
    id: 7,
    first: { sku: "a" },
    odd: 1,
    none: [1],
    text: "7 by ada at orders d1",
    user: "ada",
    fixed: { deep: [null, true] },
  });
});

test("without a mapping the body is the conf", () => {
  expect(confOfBody(make(), {}, delivered({ a: 1 }))).toEqual({ a: 1 });
});

describe("what does not fit is refused, naming the place", () => {
  const schema = { type: "object", properties: { order: { type: "object", properties: { id: { type: "integer" } } } } };
  test.each<[string, GraphWebhook, unknown, string]>([
    [
      "the schema",
      make(undefined, { schema }),
      { order: { id: "x" } },
      "schema of the webhook: order.id must be integer",
    ],
    ["a body that is no object", make(), [1], "must be a JSON object"],
    ["a pointer to nothing", make({ a: { b: pointer("/x/y") } }), { x: 1 }, "conf.a.b: the body has nothing at /x/y"],
    ["a header that is not there", make({ a: [header("X-A")] }), {}, "conf.a[0]: the delivery has no header x-a"],
    ["a template without its name", make({ a: "{{ body.order.id }}" }), {}, "conf.a: Template"],
    ["what only looks like a place", make({ a: pointer("/length") }), [1, 2], "nothing at /length"],
    ["what every object has", make({ a: pointer("/constructor") }), {}, "nothing at /constructor"],
  ])("%s", (_, webhook, body, message) => {
    expect(() => confOfBody(webhook, {}, delivered(body))).toThrow(
      expect.objectContaining({ code: "DATA_REJECTED", message: expect.stringContaining(message) as unknown }) as Error,
    );
  });

  test("a param of the DAG", () => {
    expect(() =>
      confOfBody(make({ id: pointer("/id") }), { id: { schema: { type: "integer" } } }, delivered({ id: "7" })),
    ).toThrow('Invalid input for param id: must be integer, got "7".');
  });
});

test("a template reaches nothing but the delivery", () => {
  expect(() =>
    confOfBody(make({ a: "{{ body.constructor.constructor('return process')() }}" }), {}, delivered({})),
  ).toThrow(expect.objectContaining({ code: "DATA_REJECTED" }) as Error);
  expect(() => confOfBody(make({ a: "{{ var.value.secret }}" }), {}, delivered({}))).toThrow(/var/);
});

test("a pointer finds what it was made for, whatever the names are", () => {
  const escape = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), fc.jsonValue(), (names, value) => {
      const body = names.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value);
      const webhook = make({ found: pointer(names.map((name) => `/${escape(name)}`).join("")) });
      expect(confOfBody(webhook, {}, delivered(body))).toEqual({ found: value });
    }),
  );
});

test("the key of a delivery is a header, or a text or number in the body", () => {
  expect(dedupeKeyOf(make(), delivered({}))).toBeUndefined();
  expect(dedupeKeyOf(make({}, { dedupe: header("X-Id") }), delivered({}, { "x-id": "a" }))).toBe("a");
  expect(dedupeKeyOf(make({}, { dedupe: pointer("/id") }), delivered({ id: 7 }))).toBe("7");
  for (const body of [{}, { id: null }, { id: "" }, { id: {} }, { id: "x".repeat(501) }])
    expect(() => dedupeKeyOf(make({}, { dedupe: pointer("/id") }), delivered(body))).toThrow("the body at /id tells");
});

test("a body that is no JSON is refused without being repeated", () => {
  expect(() => readBody("{hunter2")).toThrow(/^the body is not valid JSON$/);
});

test("a body that is nested too deeply is refused, wherever its texts have brackets", () => {
  const nested = (levels: number, inside: string): string =>
    `${'{"a":['.repeat(levels)}${inside}${"]}".repeat(levels)}`;
  expect(readBody(nested(100, '"[[{{\\"[["'))).toBeDefined();
  expect(() => readBody(nested(101, "1"))).toThrow("the body is nested deeper than 200 levels");
  expect(() => readBody("[".repeat(1_000_000))).toThrow("nested deeper");
  expect(readBody(JSON.stringify(Array.from({ length: 1_000 }, () => [1])))).toHaveLength(1_000);
});

test("the example of GitHub's push makes a branch of a ref", () => {
  const webhook = make({ branch: "{{ body.ref.split('/')[-1] }}" });
  expect(confOfBody(webhook, {}, delivered({ ref: "refs/heads/main" }))).toEqual({ branch: "main" });
});
