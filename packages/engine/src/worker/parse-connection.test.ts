import { expect, test } from "vitest";
import { parseConnection } from "./parse-connection.ts";

test("a connection is read from JSON, and its password prints as ***", () => {
  const read = parseConnection("db", '{"type":"postgres","host":"h","port":5432,"password":"p w","login":null}');
  expect(read).toMatchObject({ id: "db", type: "postgres", host: "h", port: 5432, extra: {} });
  expect(read).not.toHaveProperty("login");
  expect([String(read.password), read.password?.reveal()]).toEqual(["***", "p w"]);
});

test("a connection is read from a URI as Airflow writes it", () => {
  const read = parseConnection("db", "google-cloud-platform://me%40x:p%2Fw@host:80/name?timeout=5");
  expect({ ...read, password: read.password?.reveal() }).toEqual({
    id: "db",
    type: "google_cloud_platform",
    login: "me@x",
    password: "p/w",
    host: "host",
    port: 80,
    schema: "name",
    extra: { timeout: "5" },
  });
});

test("a URI without a host has none", () => {
  expect(parseConnection("db", "sqlite:///file.db")).toEqual({
    id: "db",
    type: "sqlite",
    schema: "file.db",
    extra: {},
  });
});

test("a text that is no connection is an error that does not quote it", () => {
  const message = (text: string): string => {
    try {
      return JSON.stringify(parseConnection("db", text));
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message("{hunter2")).toMatch(/^connection db is neither/);
  expect(message("hunter2")).not.toContain("hunter2");
});
