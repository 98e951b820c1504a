import { Secret, type Connection } from "@millrace/core";
import { expect, test } from "vitest";
import { s3SettingsOf, serverOf } from "./s3-settings.ts";

const aConnection = (more: Partial<Connection> = {}): Connection => ({ id: "lake", type: "aws", extra: {}, ...more });

test("the fields that Airflow's connections have are read, wherever they stand", () => {
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const inFields = aConnection({
    login: "key",
    password: new Secret("secret"),
    schema: "data",
    host: "store",
    port: 9000,
  });
  expect(s3SettingsOf(inFields)).toMatchObject({
    credentials,
    bucket: "data",
    endpoint: "https://store:9000",
    region: "us-east-1",
  });
  const inExtra = aConnection({
    extra: {
      aws_access_key_id: "key",
      aws_secret_access_key: "secret",
      endpoint_url: "http://store:9000",
      region_name: "eu-1",
    },
  });
  expect(s3SettingsOf(inExtra)).toMatchObject({ credentials, endpoint: "http://store:9000", region: "eu-1" });
  expect(serverOf(s3SettingsOf(inExtra))).toBe("store:9000");
});

test("half a key, another type and an endpoint that is none are refused", () => {
  expect(() => s3SettingsOf(aConnection({ login: "key" }))).toThrow(/needs both/);
  expect(() => s3SettingsOf(aConnection({ type: "http" }))).toThrow(/of type http/);
  expect(() => s3SettingsOf(aConnection({ extra: { endpoint_url: "http://" } }))).toThrow(
    /no endpoint that is an address/,
  );
});
