import type { WebhookSignature } from "@millrace/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signDelivery, type Headers } from "./signed-text.ts";
import { findSignatureFault, parseStripeSignature } from "./verify-signature.ts";

const secrets = [{ from: "variable", key: "s" }] as const;
const GITHUB: WebhookSignature = { scheme: "github", secrets };
const SLACK: WebhookSignature = { scheme: "slack", secrets };
const STRIPE: WebhookSignature = { scheme: "stripe", secrets };
const KEY: WebhookSignature = { scheme: "sharedKey", header: "authorization", prefix: "Bearer ", secrets };
const HMAC: WebhookSignature = {
  scheme: "hmac",
  header: "x-signature",
  prefix: "hmac ",
  algorithm: "sha512",
  encoding: "base64",
  timestampHeader: "x-time",
  secrets,
};

const fault = (
  signature: WebhookSignature,
  headers: Headers,
  given: { body: string; secret?: string | readonly string[]; now?: number },
): string | undefined =>
  findSignatureFault(signature, {
    headers,
    body: Buffer.from(given.body),
    secrets: [given.secret ?? "secret"].flat(),
    nowSeconds: given.now ?? 0,
    replayWindowSeconds: 300,
  });

describe("GitHub", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  const given = { body: "Hello, World!", secret: "It's a Secret to Everybody" };
  const header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  test("its documented delivery is believed", () => {
    expect(fault(GITHUB, { "x-hub-signature-256": header }, given)).toBeUndefined();
  });

  test("another body, another secret and no signature are not", () => {
    const headers = { "x-hub-signature-256": header };
    expect(fault(GITHUB, headers, { ...given, body: "Hello, World?" })).toBe("the signature is wrong");
    expect(fault(GITHUB, headers, { ...given, secret: "Nobody's" })).toBe("the signature is wrong");
    expect(fault(GITHUB, {}, given)).toBe("the header X-Hub-Signature-256 is missing or malformed");
    expect(fault(GITHUB, { "x-hub-signature-256": header.slice(0, -2) }, given)).toBe("the signature is wrong");
  });

  test("while a secret is changed, both are good", () => {
    const headers = { "x-hub-signature-256": header };
    expect(fault(GITHUB, headers, { ...given, secret: ["the new one", given.secret] })).toBeUndefined();
  });
});

describe("Slack", () => {
  // https://api.slack.com/authentication/verifying-requests-from-slack
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const headers = {
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  };
  const given = { body, secret: "8f742231b10e8888abcd99yyyzzz85a5", now: 1_531_420_618 };

  test("its documented delivery is believed", () => {
    expect(fault(SLACK, headers, given)).toBeUndefined();
    expect(fault(SLACK, headers, { ...given, now: given.now + 300 })).toBeUndefined();
  });

  test("after the replay window, or long before its time, it is not", () => {
    expect(fault(SLACK, headers, { ...given, now: given.now + 301 })).toBe(
      "it was signed 301 s ago; the replay window is 300 s",
    );
    expect(fault(SLACK, headers, { ...given, now: given.now - 301 })).toContain("301 s in the future");
  });

  test("the time is part of what is signed", () => {
    expect(fault(SLACK, { ...headers, "x-slack-request-timestamp": "1531420619" }, given)).toBe(
      "the signature is wrong",
    );
    expect(fault(SLACK, { ...headers, "x-slack-request-timestamp": "now" }, given)).toContain("missing or malformed");
  });
});

describe("Stripe", () => {
  const body = '{"id":"evt_1"}';
  const now = 1_492_774_577;
  const made = signDelivery(STRIPE, "whsec_a", { body: Buffer.from(body), nowSeconds: now })["stripe-signature"];

  test("the form of its header is read: a time, several v1, other schemes", () => {
    // https://docs.stripe.com/webhooks/signatures
    const header =
      "t=1492774577,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
    expect(parseStripeSignature(header)).toEqual({
      timestamp: "1492774577",
      signatures: [Buffer.from("5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd", "hex")],
    });
  });

  test("one of several v1 is enough, v0 never is", () => {
    const right = made.split("v1=")[1];
    const header = `t=${now},v1=${"ab".repeat(32)},v1=${right},v0=00`;
    expect(fault(STRIPE, { "stripe-signature": header }, { body, secret: "whsec_a", now })).toBeUndefined();
    expect(fault(STRIPE, { "stripe-signature": `t=${now},v0=${right}` }, { body, secret: "whsec_a", now })).toContain(
      "missing or malformed",
    );
  });

  test("two times are none", () => {
    expect(parseStripeSignature(`t=1,${made}`)).toBeUndefined();
  });
});

describe("a shared key", () => {
  test("is compared whole, after its prefix", () => {
    const given = { body: "", secret: "k3y" };
    expect(fault(KEY, { authorization: "Bearer k3y" }, given)).toBeUndefined();
    expect(fault(KEY, { authorization: "Bearer k3" }, given)).toBe("the key is wrong");
    expect(fault(KEY, { authorization: "Bearer k3y2" }, given)).toBe("the key is wrong");
    expect(fault(KEY, { authorization: "Basic k3y" }, given)).toBe("the header authorization is missing or malformed");
  });
});

test.each([GITHUB, SLACK, STRIPE, KEY, HMAC, { ...HMAC, encoding: "hex" as const }])(
  "what $scheme signs is believed, and nothing else that is nearly the same",
  (signature) => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(2 ** 31), fc.nat(), (body, secret, now, at) => {
        const headers = signDelivery(signature, secret, { body: Buffer.from(body), nowSeconds: now });
        expect(fault(signature, headers, { body, secret, now })).toBeUndefined();
        expect(fault(signature, headers, { body, secret: `${secret}x`, now })).toBeDefined();
        if (signature.scheme !== "sharedKey")
          expect(fault(signature, headers, { body: `${body}x`, secret, now })).toBeDefined();
        const [name, value] = Object.entries(headers)[at % Object.keys(headers).length];
        const cut = value.slice(0, at % value.length);
        expect(fault(signature, { ...headers, [name]: cut }, { body, secret, now })).toBeDefined();
      }),
    );
  },
);

test.each([GITHUB, SLACK, STRIPE, KEY, HMAC])(
  "no header of any text is believed by $scheme, or throws",
  (signature) => {
    const names = ["x-hub-signature-256", "x-slack-signature", "x-slack-request-timestamp", "stripe-signature"];
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(t=\d+,)?(v1=|v0=|sha256=|hmac |Bearer )?[0-9a-f=,]*$/));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names, "authorization", "x-signature", "x-time"), text),
        (headers) => {
          expect(fault(signature, headers, { body: "{}", secret: "a secret that nobody guesses" })).toBeDefined();
        },
      ),
    );
  },
);
