import { expect, test } from "vitest";
import { maskExtra, maskHost, restoreExtra, restoreHost } from "./mask-connection.ts";

const EXTRA = { region: "eu", aws_secret_access_key: "k", tls: { passphrase: "p", verify: true }, tokens: ["a"] };

test("what is named like a secret is masked at any depth, and nothing else", () => {
  expect(maskExtra(EXTRA)).toEqual({
    region: "eu",
    aws_secret_access_key: "***",
    tls: { passphrase: "***", verify: true },
    tokens: "***",
  });
  expect(maskHost("mongodb://me:pw@db:27017")).toBe("mongodb://me:***@db:27017");
  expect(maskHost("db.example")).toBe("db.example");
});

test("who writes back what they saw changes no secret, and a new one replaces it", () => {
  expect(restoreExtra(maskExtra(EXTRA), EXTRA)).toEqual(EXTRA);
  expect(restoreExtra({ region: "***", aws_secret_access_key: "new" }, EXTRA)).toEqual({
    region: "***",
    aws_secret_access_key: "new",
  });
  expect(restoreHost("mongodb://me:***@db", "mongodb://me:pw@db")).toBe("mongodb://me:pw@db");
  expect(restoreHost("other", "mongodb://me:pw@db")).toBe("other");
});

test("a private key is masked whatever its field is called, and kept when it is written back", () => {
  const extra = {
    tls_key: "-----BEGIN EC PRIVATE KEY-----\nMHc=",
    chain: ["-----BEGIN PRIVATE KEY-----\nMIG="],
    tls_ca: "-----BEGIN CERTIFICATE-----",
  };
  const shown = maskExtra(extra);
  expect(shown).toEqual({ tls_key: "***", chain: ["***"], tls_ca: extra.tls_ca });
  expect(restoreExtra(shown, extra)).toEqual(extra);
});
