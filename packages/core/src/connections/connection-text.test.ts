import { expect, test } from "vitest";
import type { Connection } from "../dsl/connection.ts";
import { Secret } from "../values/secret.ts";
import { connectionFields, connectionUri, readConnection } from "./connection-text.ts";
import { parseConnection } from "./parse-connection.ts";

const SHOP: Connection = {
  id: "shop",
  type: "postgres",
  host: "db.example",
  port: 5432,
  login: "re@der",
  password: new Secret("p/w:?&#%"),
  schema: "shop",
  extra: { sslmode: "require" },
};

test("a URI says all of a connection, whatever its password has in it", () => {
  const uri = connectionUri(SHOP);
  expect(uri).toBe("postgres://re%40der:p%2Fw%3A%3F%26%23%25@db.example:5432/shop?sslmode=require");
  expect(connectionFields(parseConnection("shop", uri))).toEqual(connectionFields(SHOP));
});

test("nested extras travel in one parameter", () => {
  const nested = { ...SHOP, extra: { tls: { verify: true } } };
  expect(connectionFields(parseConnection("shop", connectionUri(nested))).extra).toEqual({ tls: { verify: true } });
});

test("a connection that a URI cannot say is refused, without its password", () => {
  const refused = (): string => connectionUri({ ...SHOP, host: "https://api.example" });
  expect(refused).toThrow(/the connection shop cannot be written as a URI/);
  expect(refused).not.toThrow(/p\/w/);
});

test("fields, JSON text and URI are read alike", () => {
  const fields = connectionFields(SHOP);
  for (const stored of [fields, JSON.stringify(fields), connectionUri(SHOP)])
    expect(connectionFields(readConnection("shop", stored).connection)).toEqual(fields);
});

test("a connection without a type is refused", () => {
  expect(() => readConnection("shop", { host: "db.example" })).toThrow(/has no type/);
});
