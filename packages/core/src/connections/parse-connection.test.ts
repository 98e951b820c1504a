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

test("JSON may be written as Airflow exports it", () => {
  const text =
    '{"conn_type":"google-cloud-platform","port":"443","extra":"{\\"project\\":{\\"id\\":7}}","login":null,"conn_id":"x"}';
  expect(parseConnection("gcp", text)).toEqual({
    id: "gcp",
    type: "google_cloud_platform",
    port: 443,
    extra: { project: { id: 7 } },
  });
  expect(parseConnection("gcp", "postgresql://h/?__extra__=%7B%22a%22%3A%7B%22b%22%3A1%7D%7D")).toEqual({
    id: "gcp",
    type: "postgres",
    host: "h",
    extra: { a: { b: 1 } },
  });
});

test("empty texts in an export stand for nothing", () => {
  expect(parseConnection("ftp", '{"conn_type":"ftp","port":"","extra":" "}')).toEqual({
    id: "ftp",
    type: "ftp",
    extra: {},
  });
});

test.each([
  ['{"type":"x","port":65536}', "connection db: port must be a whole number from 0 to 65535"],
  ['{"type":"x","port":"hunter2"}', "connection db: port must be a whole number from 0 to 65535"],
  ['{"type":"x","host":["hunter2"]}', "connection db: host must be a text"],
  ['{"type":"x","extra":"hunter2"}', "connection db: extra must be JSON"],
  ['{"type":"x","extra":"[1]"}', "connection db: extra must be an object, or one as JSON text"],
])("a field that does not fit is named, and its value is not", (text, message) => {
  expect(() => parseConnection("db", text)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT", message }));
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
