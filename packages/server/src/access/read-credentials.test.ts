import fc from "fast-check";
import { expect, test } from "vitest";
import { readCredentials } from "./read-credentials.ts";

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const read = (authorization?: string, cookies = {}): ReturnType<typeof readCredentials> =>
  readCredentials({ headers: { ...(authorization !== undefined && { authorization }) }, cookies });

test("every name without a colon and every password come out as they went in", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, password) => {
      const username = name.replaceAll(":", ".");
      expect(read(basic(`${username}:${password}`))).toEqual({ kind: "basic", username, password });
    }),
  );
});

test.each(["basic", "Basic", "bearer", "Basic a b", "Basic !!!", basic("ada"), basic(":x"), basic("ada:"), "x", ""])(
  "%j says nothing that could be understood",
  (header) => {
    expect(read(header)).toEqual({ kind: "malformed" });
  },
);

test("a header comes before a cookie, and an empty cookie is none", () => {
  const cookies = { millrace_session: "secret" };
  expect(read("bearer mrt_x", cookies)).toEqual({ kind: "token", token: "mrt_x" });
  expect(read(undefined, cookies)).toEqual({ kind: "session", secret: "secret" });
  expect(read(undefined, { millrace_session: "" })).toEqual({ kind: "none" });
});
