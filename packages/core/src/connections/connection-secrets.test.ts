import { expect, test } from "vitest";
import { Secret } from "../values/secret.ts";
import { connectionSecrets } from "./connection-secrets.ts";

test("the secrets of a connection are found wherever they stand", () => {
  const found = connectionSecrets({
    id: "all",
    type: "mongo",
    host: "mongodb://me:p%40ss@db",
    password: new Secret("own"),
    extra: { region: "eu", tokens: ["t1", { deep: "t2" }], tls: { passphrase: "p3", verify: "full" }, api_key: "" },
  });
  expect(found).toEqual(["own", "p%40ss", "p@ss", "t1", "t2", "p3"]);
  expect(connectionSecrets({ id: "none", type: "http", host: "https://me:50%@h", extra: {} })).toContain("50%");
  const key = "-----BEGIN PRIVATE KEY-----\nMIG=";
  expect(connectionSecrets({ id: "tls", type: "docker", extra: { tls_key: key, tls_ca: "CA" } })).toEqual([key]);
});
