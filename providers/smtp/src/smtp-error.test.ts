import { readSignal } from "@millrace/core";
import { expect, test } from "vitest";
import { errorOfMail } from "./smtp-error.ts";

const server = { connectionId: "mail", host: "mail.example.com", port: 25 };
const errorOf = (fields: object): Error =>
  errorOfMail(Object.assign(new Error("words of the client"), fields), { asked: "sending a mail", server });

test.each([
  [
    { code: "EENVELOPE", responseCode: 550, response: "550 no such user" },
    /mail.example.com:25 was refused: 550 no such/,
  ],
  [{ code: "EAUTH", responseCode: 535 }, /Check login and password of the connection mail/],
  [{ code: "EENVELOPE" }, /is not possible: words/],
])("%j is permanent", (fields, message) => {
  expect(readSignal(errorOf(fields))).toMatchObject({ kind: "permanent", message: expect.stringMatching(message) });
});

test.each([
  [{ code: "EMESSAGE", responseCode: 451, response: "451 later" }, "UNREACHABLE", /put off: 451 later/],
  [{ code: "EAUTH", responseCode: 454 }, "UNREACHABLE", /put off/],
  [{ code: "ETLS", responseCode: 500 }, "UNREACHABLE", /extra.use_tls of the connection mail is false/],
  [{ code: "ETIMEDOUT" }, "TIMEOUT", /took too long/],
  [{ code: "ESOCKET" }, "UNREACHABLE", /words of the client/],
])("%j may pass with another try", (fields, code, message) => {
  expect(errorOf(fields)).toMatchObject({ code, message: expect.stringMatching(message) });
});
