import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretsBackend } from "@millrace/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileSecrets } from "./file-secrets.ts";
import { makeSecrets } from "./make-secrets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const database = {
  readVariable: (key: string) => Promise.resolve(`${key} of the database`),
  readConnection: () => Promise.resolve("http://database"),
};
const env = { MILLRACE_VAR_A: "own", AIRFLOW_VAR_A: "old", AIRFLOW_CONN_SHOP_DB: "http://old" };

test("places are asked in the order of the configuration, and only those that it names", async () => {
  const file = write("secrets.yaml", "variables: { b: 7, c: {x: 1} }\nconnections: { api: { conn_type: http } }\n");
  const all = (backends: readonly string[]): SecretsBackend =>
    makeSecrets({ projectFolder: folder, secrets: { backends, file } }, { env, database });
  const first = all(["file", "environment", "database"]);
  expect([await first.variable("a"), await first.variable("b"), await first.variable("c")]).toEqual([
    "own",
    "7",
    '{"x":1}',
  ]);
  expect(await first.variable("d")).toBe("d of the database");
  expect([await first.connection("shop-db"), await first.connection("api")]).toEqual([
    "http://old",
    '{"conn_type":"http"}',
  ]);
  expect(await all(["file"]).variable("a")).toBeUndefined();
  expect(await all(["database", "environment", "file"]).variable("a")).toBe("a of the database");
});

test("a configuration that cannot hold is refused", () => {
  const make = (backends: readonly string[], file?: string): unknown =>
    makeSecrets({ projectFolder: folder, secrets: { backends, file } }, { env, database });
  expect(() => make(["vault"])).toThrow(/there is no "vault"/);
  expect(() => make(["file"])).toThrow(/secrets.file names none/);
  expect(() => make(["environment"], "x.json")).toThrow(/has no `file`/);
});

test("a file is read again when it was changed, and refused when others may read it", async () => {
  const path = write("secrets.env", "# a comment\nMILLRACE_VAR_REGION = eu\nAIRFLOW_CONN_SHOP=http://one\n");
  const secrets = fileSecrets(path);
  expect([await secrets.variable("region"), await secrets.connection("shop")]).toEqual(["eu", "http://one"]);
  writeFileSync(path, "MILLRACE_VAR_REGION=us-west\n");
  expect([await secrets.variable("region"), await secrets.connection("shop")]).toEqual(["us-west", undefined]);
  chmodSync(path, 0o640);
  await expect(secrets.variable("region")).rejects.toThrow(/others than its owner may read/);
  rmSync(path);
  await expect(secrets.variable("region")).rejects.toMatchObject({ code: "BAD_CONFIG" });
});

test("what a broken file holds is quoted nowhere", async () => {
  const path = write("secrets.json", '{"variables": hunter2');
  await expect(fileSecrets(path).variable("a")).rejects.toThrow(/^(?!.*hunter2).*is neither JSON nor YAML/);
});
