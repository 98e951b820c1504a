import { expect, test } from "vitest";
import { auditExtra } from "./audit-extra.ts";

const extraOf = (operationId: string, body: unknown): unknown =>
  JSON.parse(auditExtra(operationId, { params: {}, body }) ?? "null");

test("what a connection's write says is kept without what is secret in it", () => {
  const body = { login: "me", password: "pw", extra: { region: "eu" }, port: 27017 };
  expect(extraOf("createConnection", { ...body, host: "mongodb://me:pw@db:27017" })).toEqual({
    login: "me",
    password: "***",
    extra: "***",
    port: 27017,
    host: "mongodb://me:***@db:27017",
  });
  expect(extraOf("post_connection", { host: "db.example" })).toEqual({ host: "db.example" });
  expect(extraOf("patch_connection", { host: null })).toEqual({ host: null });
});

test("what has the name of a secret is left out, wherever it is", () => {
  const conf = {
    apiKey: "a",
    "private-key": "b",
    keyfile_dict: { key: "c" },
    auth: ["d"],
    Passwort: "e",
    ACCESSKEY: "f",
    author: "ada",
  };
  expect(extraOf("triggerRun", { conf })).toEqual({
    conf: {
      apiKey: "***",
      "private-key": "***",
      keyfile_dict: "***",
      auth: "***",
      Passwort: "***",
      ACCESSKEY: "***",
      author: "ada",
    },
  });
});
