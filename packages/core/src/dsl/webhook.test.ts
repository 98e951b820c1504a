import { describe, expect, test } from "vitest";
import { param } from "../params/param.ts";
import { buildDag, dag } from "./dag.ts";
import type { DagOptions } from "./options.ts";
import { connection, jsonVariable, variable } from "./refs.ts";
import { githubSignature, hmacSignature, sharedKey, slackSignature, stripeSignature } from "./signatures.ts";
import { header, pointer } from "./webhook-values.ts";
import { webhook } from "./webhook.ts";

const signature = githubSignature({ secret: variable("github_secret") });

const ORDER = {
  type: "object",
  required: ["order"],
  properties: {
    order: {
      type: "object",
      required: ["id", "lines"],
      properties: {
        id: { type: "integer" },
        note: { type: "string" },
        lines: { type: "array", items: { type: "object", required: ["sku"], properties: { sku: { type: "string" } } } },
      },
    },
    kind: { enum: ["new", "changed"] },
  },
} as const;

const graphOf = (options: DagOptions<object>): unknown =>
  buildDag(dag("orders", options, ({ task }) => void task("t", () => null))).graph.dag.webhooks;

test("a webhook is data in the graph of its DAG, with every default filled in", () => {
  const webhooks = [
    webhook(
      "orders",
      { signature, schema: ORDER, dedupe: header("X-GitHub-Delivery") },
      {
        orderId: pointer("/order/id"),
        note: pointer("/order/note", "none"),
        text: "order {{ body.order.id }}",
        kind: header("X-Event"),
        fixed: { list: [1, pointer("/order/lines")] },
      },
    ),
  ];
  expect(graphOf({ webhooks })).toEqual([
    {
      name: "orders",
      signature: { scheme: "github", secrets: [{ from: "variable", key: "github_secret" }] },
      replayWindowSeconds: 300,
      dedupe: { from: "header", header: "x-github-delivery", days: 7 },
      schema: ORDER,
      conf: {
        kind: "object",
        members: {
          orderId: { kind: "pointer", pointer: "/order/id" },
          note: { kind: "pointer", pointer: "/order/note", fallback: "none" },
          text: { kind: "template", text: "order {{ body.order.id }}" },
          kind: { kind: "header", header: "x-event" },
          fixed: {
            kind: "object",
            members: {
              list: {
                kind: "list",
                items: [
                  { kind: "value", value: 1 },
                  { kind: "pointer", pointer: "/order/lines" },
                ],
              },
            },
          },
        },
      },
      maxPerMinute: 6_000,
      keepBody: true,
    },
  ]);
});

test("a graph without webhooks says nothing of them, so that versions of before stay the same", () => {
  expect(graphOf({})).toBeUndefined();
  expect(graphOf({ webhooks: [] })).toBeUndefined();
});

test("what a mapping makes must have the types of the params", () => {
  const params = { orderId: param(undefined, { type: "integer" }), note: "", skus: param([], { type: "array" }) };
  const build = (): null => null;
  const fits = [
    webhook(
      "a",
      { signature, schema: ORDER },
      { orderId: pointer("/order/id"), note: pointer("/order/note", ""), skus: pointer("/order/lines") },
    ),
    webhook("b", { signature, schema: ORDER }, { orderId: 7, note: "{{ body.kind }}", other: pointer("/order") }),
    webhook("c", {
      signature,
      schema: {
        type: "object",
        required: ["orderId"],
        properties: { orderId: { type: "integer" }, note: { type: "string" } },
      },
    }),
    webhook("d", { signature }),
  ] as const;
  dag("fits", { params, webhooks: fits }, build);

  const isText = webhook("e", { signature, schema: ORDER }, { orderId: pointer("/order/note", "") });
  // @ts-expect-error a text is no whole number
  dag("text", { params, webhooks: [isText] }, build);

  const mayBeMissing = webhook("f", { signature, schema: ORDER }, { orderId: 1, note: pointer("/order/note") });
  // @ts-expect-error the schema does not require it, and there is no fallback
  dag("missing", { params, webhooks: [mayBeMissing] }, build);

  const isTemplate = webhook("g", { signature, schema: ORDER }, { orderId: "{{ body.order.id }}" });
  // @ts-expect-error a template makes a text
  dag("template", { params, webhooks: [isTemplate] }, build);

  // @ts-expect-error the schema has no such place
  webhook("h", { signature, schema: ORDER }, { other: pointer("/order/number") });

  const isUnknown = webhook("i", { signature }, { orderId: pointer("/order/id") });
  // @ts-expect-error without a schema nobody knows what is there
  dag("unknown", { params, webhooks: [isUnknown] }, build);

  const whole = webhook("j", { signature, schema: { type: "object", properties: { note: { type: "number" } } } });
  // @ts-expect-error the whole body is the conf, and its note is a number
  dag("whole", { params, webhooks: [whole] }, build);
  expect(fits).toHaveLength(4);
});

describe("mistakes", () => {
  test.each<[string, () => unknown, string]>([
    [
      "a secret in the file",
      () => slackSignature({ secret: "8f742231b10e8888abcd99yyyzzz85a5" as never }),
      'secret must be variable("name") without a fallback, or connection("id")',
    ],
    ["a variable with a fallback", () => stripeSignature({ secret: variable("a", "inline") }), "without a fallback"],
    ["a variable that is JSON", () => stripeSignature({ secret: jsonVariable<string>("a") }), "secret must be"],
    ["no secret at all", () => stripeSignature({ secret: [] }), "secret must be"],
    [
      "a header that is none",
      () => sharedKey({ header: "a b", secret: connection("c") }),
      '"a b" is no name of a header',
    ],
    [
      "an algorithm that is none",
      () => hmacSignature({ header: "x", algorithm: "md5" as never, secret: connection("c") }),
      "algorithm must be sha1, sha256, sha384 or sha512, not md5",
    ],
    ["a name with a blank", () => webhook("a b", { signature }), "webhook a b, name: needs 1 to 250"],
    ["no signature", () => webhook("a", {} as never), "webhook a, signature: needs githubSignature"],
    [
      "an unknown option",
      () => webhook("a", { signature, secret: "x" } as never),
      "webhook a, secret: it is not an option here; the options are signature",
    ],
    [
      "a schema that is none",
      () => webhook("a", { signature, schema: { type: "integr" } }),
      "is not JSON Schema 2020-12",
    ],
    [
      "a pointer without its slash",
      () => pointer("order"),
      'pointer("order"): a JSON pointer is empty or begins with "/"',
    ],
    [
      "a template that does not parse",
      () => webhook("a", { signature }, { x: ["{{ body."] }),
      "webhook a, the mapping:",
    ],
    ["code in a mapping", () => webhook("a", { signature }, { x: () => 1 }), "x is not JSON, pointer(…) or header(…)"],
    [
      "a list as mapping",
      () => webhook("a", { signature }, [1]),
      "webhook a, the mapping: needs an object: the conf of a run is one",
    ],
    [
      "half a day of memory",
      () => webhook("a", { signature, dedupe: header("x"), dedupeFor: "12h" }),
      "dedupeFor must be 1 to 365 whole days",
    ],
    [
      "one name twice",
      () => graphOf({ webhooks: [webhook("a", { signature }), webhook("a", { signature })] }),
      "DAG orders: webhooks: a is declared twice",
    ],
    [
      "something else in the list",
      () => graphOf({ webhooks: [{ name: "a" } as never] }),
      "webhooks: needs a list of webhook(…)",
    ],
    [
      "a param that no delivery gives a value",
      () => graphOf({ params: { id: param(undefined) }, webhooks: [webhook("a", { signature }, { note: "x" })] }),
      "webhooks: the mapping of a gives no value for id, and there is no default",
    ],
  ])("%s", (_, make, message) => expect(make).toThrow(message));

  test("an error about a secret never repeats it", () => {
    expect(() => githubSignature({ secret: "hunter2" as never })).toThrow(/^(?!.*hunter2)/s);
  });
});
