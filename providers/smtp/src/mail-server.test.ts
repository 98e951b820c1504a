import { expect, test } from "vitest";
import { mailServerOf } from "./mail-server.ts";

const connection = { id: "mail", type: "smtp", extra: {} };

test.each([
  [{ host: "mail.example.com" }, { host: "mail.example.com", port: 587, tls: "upgrade" }],
  [
    { host: "mail.example.com", extra: { use_ssl: "true" } },
    { port: 465, tls: "start" },
  ],
  [
    { host: "mail.example.com:2525", extra: { use_tls: "false" } },
    { host: "mail.example.com", port: 2525, tls: "never" },
  ],
  [
    { host: "smtp://mail.example.com", port: 25 },
    { host: "mail.example.com", port: 25 },
  ],
  [{ host: "[::1]:25" }, { host: "::1", port: 25 }],
  [{ host: "h", login: "ada@example.com" }, { sender: "ada@example.com" }],
  [{ host: "h", login: "ada", extra: { from_email: "a@b.c" } }, { sender: "a@b.c" }],
])("%j is read", (fields, expected) => {
  expect(mailServerOf({ ...connection, ...fields })).toMatchObject(expected);
});

test("a connection without a host is refused", () => {
  expect(() => mailServerOf(connection)).toThrow(/mail has no host/);
});
