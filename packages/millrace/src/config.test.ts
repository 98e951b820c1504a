import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "./config.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof loadConfig> {
  writeFileSync(join(folder, "millrace.json"), text);
  return loadConfig({ folder, env });
}

test("the environment comes before the file, the file before the default, and each says where it came from", () => {
  const config = load('{ "executor": { "workers": 2, "graceMs": 10 } }', { MILLRACE__EXECUTOR__WORKERS: "3" });
  expect(config.executor).toMatchObject({ workers: 3, graceMs: 10, drainMs: 30_000 });
  expect([...config.sources]).toEqual([
    ["executor.workers", "MILLRACE__EXECUTOR__WORKERS"],
    ["executor.graceMs", "millrace.json executor.graceMs"],
  ]);
});

test("folders are absolute, a list may be one text with commas", () => {
  const config = load('{ "core": { "dagFolders": "dags, /srv/dags" } }');
  expect(config.core.dagFolders).toEqual([join(folder, "dags"), "/srv/dags"]);
  expect(config.core.dataFolder).toBe(join(folder, ".millrace"));
});

test.each([
  ["null", /must be a JSON object/],
  ["[1]", /must be a JSON object/],
  ['{ "core": null }', /"core" must be a JSON object/],
  ['{ "core": ["dags"] }', /"core" must be a JSON object/],
  ["{ core: 1 }", /is not JSON/],
  ['{ "cor": {} }', /no section "cor"/],
  ['{ "core": { "dagFolder": [] } }', /"core" has no setting "dagFolder"/],
  ['{ "database": { "url": null } }', /database\.url: "?\*\*\*"? does not fit/],
  ['{ "core": { "dataFolder": {} } }', /core\.dataFolder: \{\} does not fit: it must be text/],
  ['{ "executor": { "workers": "many" } }', /executor\.workers: "many" does not fit: it must be a whole number/],
])("a millrace.json with %s is refused and says what fits", (text, message) => {
  expect(() => load(text)).toThrow(
    expect.objectContaining({ code: "BAD_CONFIG", message: expect.stringMatching(message) as string }),
  );
});

test("a misspelt name is refused with the near one, in the file and in the environment", () => {
  const refusal = (text: string, env: Readonly<Record<string, string>>): unknown => {
    try {
      return load(text, env);
    } catch (error) {
      return error;
    }
  };
  expect(refusal('{ "core": { "dagFolder": [] } }', {})).toMatchObject({
    details: { hint: expect.stringContaining("Did you mean dagFolders") as string },
  });
  expect(refusal("{}", { MILLRACE__DATABASE__URI: "x" })).toMatchObject({
    code: "BAD_CONFIG",
    message: expect.stringContaining("MILLRACE__DATABASE__URI is no setting") as string,
    details: { hint: expect.stringContaining("Did you mean MILLRACE__DATABASE__URL") as string },
  });
});

describe("the schedules file", () => {
  const text = '{ "core": { "schedulesFile": "config/schedules/${ENVIRONMENT}.yaml" } }';
  const fileOf = (env: Readonly<Record<string, string>>): string | undefined => load(text, env).core.schedulesFile;

  test("is that of the environment, dev when nobody names one", () => {
    expect(load("{}").core.schedulesFile).toBeUndefined();
    expect(fileOf({})).toBe(join(folder, "config/schedules/dev.yaml"));
    expect(fileOf({ ENVIRONMENT: "prod" })).toBe(join(folder, "config/schedules/prod.yaml"));
    const both = { ENVIRONMENT: "prod", MILLRACE__CORE__ENVIRONMENT: "stg" };
    expect(fileOf(both)).toBe(join(folder, "config/schedules/stg.yaml"));
    expect(load(text, { ENVIRONMENT: "prod" }).sources.get("core.environment")).toBe("ENVIRONMENT");
  });

  test("cannot be reached through the name of an environment", () => {
    const refusal = {
      code: "BAD_CONFIG",
      message: expect.stringMatching(/^ENVIRONMENT: "..\/a" cannot be part/) as string,
    };
    expect(() => fileOf({ ENVIRONMENT: "../a" })).toThrow(expect.objectContaining(refusal));
    // Who has no schedules file may have an ENVIRONMENT of any kind.
    expect(load("{}", { ENVIRONMENT: "../a" }).core.environment).toBe("../a");
  });

  test("has no other variables in its name", () => {
    expect(() => load('{ "core": { "schedulesFile": "${HOME}/x.yaml" } }')).toThrow(/only \$\{ENVIRONMENT\} stands/);
  });
});
